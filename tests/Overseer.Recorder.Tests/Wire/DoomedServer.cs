using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Tests.Wire;

/// <summary>A server that starts a run, prints its ids and waits to be killed.</summary>
internal static class DoomedServer
{
    internal const string Verb = "doomed-server";

    internal static int Run(string socket, string script)
    {
        var events = new RecordedEvents();
        using var link = RecorderLink.Connect(socket, events, 2);
        var request = RecorderUnderTest.Shell(script);
        using var handles = link.Spawn(request);
        events.WaitForLines(request.JournalId, 100);
        Console.WriteLine(request.RunId);
        Console.WriteLine(request.JournalId);
        Thread.Sleep(RecordedEvents.Deadline);
        return 1;
    }
}
