using Overseer.Core.Drivers;

namespace Overseer.Core.Tests.Tasks;

/// <summary>An action that plans whatever a test wants; by default a process whose one argument is the parameter <c>p</c>.</summary>
internal sealed class FakeAction : IAction
{
    public IReadOnlyDictionary<string, ParameterSpec?> Parameters { get; init; } = new Dictionary<string, ParameterSpec?>();

    public Func<RunRequest, RunPlan>? Planner { get; init; }

    public List<RunRequest> Requests { get; } = [];

    public static ProcessPlan Process(params string[] arguments) => new()
    {
        File = "/bin/" + arguments[0],
        Arguments = arguments,
        WorkingDirectory = "/",
        Environment = [],
    };

    public RunPlan Plan(RunRequest request)
    {
        Requests.Add(request);
        if (Planner is not null) return Planner(request);
        var parameters = ParameterBinding.Bind(Parameters, request.Parameters);
        return Process("echo", parameters.GetValueOrDefault("p", ""));
    }
}
