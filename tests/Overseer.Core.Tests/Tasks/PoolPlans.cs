using Overseer.Core.Pools;

namespace Overseer.Core.Tests.Tasks;

/// <summary>Configurations of pools.</summary>
internal static class PoolPlans
{
    /// <summary>One out of all there can be.</summary>
    public static PoolPlan Of(int pick)
    {
        return new PoolPlan { Top = Options(pick, 6), Actions = new Dictionary<string, PoolOptions> { ["a"] = Options(pick / 7, 4), ["b"] = Options(pick / 11, 4) } };

        static PoolOptions Options(int pick, int limits) => new()
        {
            Limit = pick % limits,
            QueueEnabled = pick % 5 > 0,
            QueueSize = pick / 2 % 4,
            QueueOrder = (QueueOrder)(pick / 3 % 2),
            QueueMaxAge = TimeSpan.FromSeconds(pick / 5 % 3 * 10),
            Displace = (DisplacePolicy)(pick / 8 % 3),
            ExcessAction = (ExcessAction)(pick / 13 % 2),
            ExcessOrder = (QueueOrder)(pick / 17 % 2),
            ExcessGrace = TimeSpan.FromSeconds(pick / 19 % 2 * 5),
        };
    }
}
