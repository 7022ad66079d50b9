using System.Net.Sockets;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Tests.Wire;

public sealed class DoorTests
{
    [Fact]
    public void The_socket_is_for_this_user_alone()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        Assert.Equal("600", Mode(recorder.Places.SocketPath));
        Assert.Equal("600", Mode(recorder.Places.LockPath));
        Assert.Equal("600", Mode(recorder.Places.LogPath));
        Assert.Equal("700", Mode(recorder.Places.JournalRoot));
    }

    [Fact]
    public void Nonsense_costs_its_own_connection_only()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        byte[][] nonsense =
        [
            "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
            [0xFF, 0xFF, 0xFF, 0x7F, 1, 0, 0, 0],
            [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0],
            [0, 0, 0, 0, 5, 0, 0, 0],
            [16, 0, 0, 0, 1, 0, 9, 0, .. new byte[16]],
            [3, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3],
        ];
        foreach (byte[] bytes in nonsense)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(recorder.Places.SocketPath));
            socket.Send(bytes);
            socket.ReceiveTimeout = (int)RecordedEvents.Deadline.TotalMilliseconds;
            Assert.Equal(0, socket.Receive(new byte[64]));
        }
        recorder.Run(RecorderUnderTest.Request("/bin/true"));
    }

    [Fact]
    public void A_second_recorder_on_the_same_lock_does_not_start()
    {
        using var recorder = RecorderUnderTest.OwnProcess();
        File.Delete(recorder.Places.SocketPath);
        string[] none = [];
        var failed = Assert.Throws<RecorderUnavailableException>(() => RecorderLauncher.ConnectOrLaunch(
            recorder.Places, Environment.ProcessPath!, none, new RecordedEvents(), 5, TimeSpan.FromSeconds(8)));
        Assert.Contains("but does not answer", failed.Message, StringComparison.Ordinal);
        var request = RecorderUnderTest.Request("/bin/true");
        recorder.Run(request);
        recorder.Link.Shutdown();
        recorder.Link.Stored(request.RunId);
        recorder.Events.Wait<RecordedEvents.Gone>(static _ => true);
    }

    [Fact]
    public void A_program_that_is_no_recorder_is_an_error_that_names_the_log()
    {
        using var recorder = RecorderUnderTest.InProcess();
        var failed = Assert.Throws<RecorderUnavailableException>(() => RecorderLauncher.ConnectOrLaunch(
            recorder.Places, "/bin/true", [], new RecordedEvents(), 5, TimeSpan.FromSeconds(10)));
        Assert.Contains(recorder.Places.LogPath, failed.Message, StringComparison.Ordinal);
        Assert.Throws<RecorderUnavailableException>(() => RecorderLauncher.ConnectOrLaunch(
            recorder.Places, "/no/such", [], new RecordedEvents(), 5, TimeSpan.FromSeconds(10)));
    }

    private static string Mode(string path)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%a", path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}
