using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Wire;
using Overseer.Supervision;

namespace Overseer.Server.Tests.Faults;

/// <summary>Whose process it was that this server has waited for.</summary>
public sealed class RunRopesTests : IDisposable
{
    private readonly Guid _run = Guid.NewGuid();
    private readonly RunRopes _ropes = new();

    public RunRopesTests() => _ropes.Hold(_run, Guid.NewGuid(), 1, stdout: null, stderr: null);

    public void Dispose() => _ropes.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(77)]
    public void A_process_that_nobody_has_reported_is_known_when_it_has_been_waited_for(long startTime)
    {
        Assert.Null(_ropes.Find(4242, 77));
        _ropes.Presume(_run, new ProcessIdentity(4242, startTime));

        Assert.Equal(_run, _ropes.Find(4242, 77));
        Assert.Null(_ropes.Find(4243, 77));
        Assert.Equal(startTime == 0, _ropes.Find(4242, 78) is not null);
        Assert.Null(_ropes.ProcessOf(_run));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(77)]
    public void What_a_recorder_has_reported_counts(long startTime)
    {
        _ropes.Presume(_run, new ProcessIdentity(4242, 77));
        _ropes.Started(new RunStart(_run, Guid.NewGuid(), 1, 5000, startTime, 1, new SafeFileHandle(-1, ownsHandle: false), null, null));

        Assert.Equal(_run, _ropes.Find(5000, 77));
        Assert.Null(_ropes.Find(4242, 77));
        Assert.Equal(startTime == 0, _ropes.Find(5000, 78) is not null);
    }
}
