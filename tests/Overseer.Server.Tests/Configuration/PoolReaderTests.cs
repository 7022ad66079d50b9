using Overseer.Core.Pools;

namespace Overseer.Server.Tests.Configuration;

public sealed class PoolReaderTests : ConfigurationFixture
{
    [Fact]
    public void The_short_form_is_read() => Assert.Equal(
        new PoolOptions { Limit = 3, QueueEnabled = true, QueueSize = 7, QueueMaxAge = TimeSpan.FromMinutes(1.5) },
        Load("task_pool: {size: 3, queue_size: 7, queue_timeout: 1m30s}").TaskPool);

    [Fact]
    public void The_longer_form_is_read() => Assert.Equal(
        new PoolOptions
        {
            Limit = 3,
            QueueEnabled = true,
            QueueSize = 0,
            QueueOrder = QueueOrder.Last,
            QueueMaxAge = TimeSpan.FromSeconds(90),
            Displace = DisplacePolicy.Prohibited,
            ExcessAction = ExcessAction.Requeue,
            ExcessOrder = QueueOrder.Last,
            ExcessGrace = TimeSpan.FromSeconds(2.5),
        },
        Load("""
            task_pool:
              limit: 3
              queue: {enabled: true, size: 0, order: last, max_age: 90, displace: prohibit}
              excess: {action: requeue, order: last, grace: 2.5}
            """).TaskPool);

    [Fact]
    public void The_two_forms_may_be_mixed() => Assert.Equal(
        new PoolOptions
        {
            Limit = 3,
            QueueEnabled = true,
            QueueSize = 7,
            QueueOrder = QueueOrder.First,
            QueueMaxAge = TimeSpan.FromMinutes(2),
            Displace = DisplacePolicy.Allowed,
            ExcessAction = ExcessAction.Stop,
            ExcessOrder = QueueOrder.First,
            ExcessGrace = TimeSpan.FromMinutes(1),
        },
        Load("""
            task_pool:
              size: 3
              queue_size: 7
              queue: {order: first, max_age: 2m, displace: true}
              excess: {action: stop, order: first, grace: 1m}
            """).TaskPool);

    [Theory]
    [InlineData("task_pool: {queue_size: 0}", false, null)]
    [InlineData("task_pool: {queue_size: 7}", true, 7)]
    [InlineData("task_pool: {queue: {}}", true, null)]
    [InlineData("task_pool: {queue: {enabled: false}}", false, null)]
    [InlineData("task_pool: {queue: {enabled: false, size: 7}}", false, 7)]
    [InlineData("task_pool: {queue: {max_age: 1m}}", true, null)]
    [InlineData("task_pool: {queue_size: 0, queue: {order: last}}", false, null)]
    [InlineData("task_pool: {size: 1}", null, null)]
    [InlineData("task_pool: {queue_timeout: 5s}", null, null)]
    public void Whether_a_pool_has_a_queue(string yaml, bool? enabled, int? size)
    {
        var pool = Load(yaml).TaskPool!;
        Assert.Equal((enabled, size), (pool.QueueEnabled, pool.QueueSize));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("task_pool:")]
    [InlineData("task_pool: {}")]
    [InlineData("task_pool: {x-note: later}")]
    public void Without_a_pool_nothing_is_limited_and_nothing_waits(string yaml)
    {
        var configuration = Load(yaml);
        Assert.Null(configuration.TaskPool);
        Assert.Equal(PoolSettings.Unlimited, configuration.Pools.TopSettings);
        Assert.Equal(PoolSettings.Unlimited, configuration.Pools.SettingsOf("any"));
        Assert.Equal(TimeSpan.FromSeconds(5), configuration.Pools.TopSettings.ExcessGrace);
    }

    [Fact]
    public void What_an_action_does_not_say_is_the_top_levels_but_for_the_limit()
    {
        var pools = Load("""
            task_pool:
              limit: 10
              queue: {size: 100, order: last, max_age: 1h, displace: prohibit}
              excess: {action: requeue, order: last, grace: 30}
            actions:
              silent: {type: exec}
              limited: {type: exec, task_pool: {size: 2}}
              other: {type: exec, task_pool: {queue: {size: 5, max_age: 0, displace: false}, excess: {action: stop}}}
              hasty: {type: exec, task_pool: {queue_size: 0}}
            """).Pools;
        var top = new PoolSettings
        {
            Limit = 10,
            QueueEnabled = true,
            QueueSize = 100,
            QueueOrder = QueueOrder.Last,
            QueueMaxAge = TimeSpan.FromHours(1),
            Displace = DisplacePolicy.Prohibited,
            ExcessAction = ExcessAction.Requeue,
            ExcessOrder = QueueOrder.Last,
            ExcessGrace = TimeSpan.FromSeconds(30),
        };
        Assert.Equal(top, pools.TopSettings);
        Assert.Equal(top with { Limit = 0 }, pools.SettingsOf("silent"));
        Assert.Equal(top with { Limit = 2 }, pools.SettingsOf("limited"));
        Assert.Equal(
            top with { Limit = 0, QueueSize = 5, QueueMaxAge = TimeSpan.Zero, Displace = DisplacePolicy.OnlyForced, ExcessAction = ExcessAction.Stop },
            pools.SettingsOf("other"));
        Assert.Equal(top with { Limit = 0, QueueEnabled = false }, pools.SettingsOf("hasty"));
        Assert.Equal(["hasty", "limited", "other"], pools.Actions.Keys.Order());
    }

    [Theory]
    [InlineData("task_pool: {size: 2147483647, queue_size: 2147483647, queue_timeout: 720h}")]
    [InlineData("task_pool: {limit: 0, queue: {size: 0, max_age: 2592000}, excess: {grace: 2592000}}")]
    [InlineData("task_pool: {queue: {max_age: 720h}, excess: {grace: 0}}")]
    public void What_is_just_inside_the_bounds_is_taken(string yaml) => Assert.NotNull(Load(yaml).TaskPool);

    [Theory]
    [InlineData("size: -1", "size: \"-1\" is not a whole number from 0 to 2147483647")]
    [InlineData("limit: many", "limit: \"many\" is not a whole number from 0 to 2147483647")]
    [InlineData("limit: 2147483648", "limit: \"2147483648\" is not a whole number from 0 to 2147483647")]
    [InlineData("queue_size: 1.5", "queue_size: \"1.5\" is not a whole number from 0 to 2147483647")]
    [InlineData("queue_timeout: 30", "queue_timeout: \"30\" is not a duration of 0 or more such as \"1h2m3.5s\", \"250ms\" or \"0\" (units ns us µs ms s m h); did you mean \"30s\"?")]
    [InlineData("queue_timeout: 720h0.1s", "queue_timeout: must be at most 720h")]
    [InlineData("queue: 5", "queue: must be a mapping, not text")]
    [InlineData("queue: {enabled: yes}", "queue.enabled: \"yes\" is neither true nor false")]
    [InlineData("queue: {size: -5}", "queue.size: \"-5\" is not a whole number from 0 to 2147483647")]
    [InlineData("queue: {order: lsat}", "queue.order: \"lsat\" is not allowed; allowed are first, last (did you mean last?)")]
    [InlineData("queue: {displace: maybe}", "queue.displace: \"maybe\" is not allowed; allowed are true, false, prohibit")]
    [InlineData("queue: {max_age: soon}", "queue.max_age: \"soon\" is neither a number of seconds nor a duration of 0 or more such as \"1h2m3.5s\", \"250ms\" or \"0\" (units ns us µs ms s m h)")]
    [InlineData("queue: {max_age: 2592000.5}", "queue.max_age: must be at most 720h")]
    [InlineData("queue: {max_age: 99999999999999999999999999}", "queue.max_age: must be at most 720h")]
    [InlineData("queue: {max_age: [5]}", "queue.max_age: must be a single value, not a list")]
    [InlineData("queue: {length: 5}", "queue.length: unknown key; known here are displace, enabled, max_age, order, size")]
    [InlineData("excess: stop", "excess: must be a mapping, not text")]
    [InlineData("excess: {action: kill}", "excess.action: \"kill\" is not allowed; allowed are stop, requeue")]
    [InlineData("excess: {order: oldest}", "excess.order: \"oldest\" is not allowed; allowed are first, last")]
    [InlineData("excess: {grace: -1}", "excess.grace: \"-1\" is neither a number of seconds nor a duration of 0 or more such as \"1h2m3.5s\", \"250ms\" or \"0\" (units ns us µs ms s m h)")]
    [InlineData("excess: {grace: 721h}", "excess.grace: must be at most 720h")]
    [InlineData("queue_sise: 5", "queue_sise: unknown key; did you mean queue_size?")]
    public void A_wrong_value_is_one_clear_line(string pool, string error)
    {
        Assert.Equal([$"c.yaml:2: task_pool.{error}"], ErrorsOf($"task_pool:\n  {pool}\n"));
        Assert.Equal([$"c.yaml:5: actions.a.task_pool.{error}"], ErrorsOf($"actions:\n  a:\n    type: exec\n    task_pool:\n      {pool}\n"));
    }

    [Fact]
    public void What_is_said_twice_is_refused() => Assert.Equal(
        [
            "c.yaml:2: task_pool.size: says the same as limit; give one of the two",
            "c.yaml:6: task_pool.queue.size: says the same as queue_size; give one of the two",
            "c.yaml:7: task_pool.queue.enabled: says the same as queue_size; give one of the two",
            "c.yaml:8: task_pool.queue.max_age: says the same as queue_timeout; give one of the two",
        ],
        ErrorsOf("task_pool:\n  size: 1\n  limit: 1\n  queue_size: 2\n  queue_timeout: 5s\n  queue: {size: 2,\n    enabled: true,\n    max_age: 5}\n"));
}
