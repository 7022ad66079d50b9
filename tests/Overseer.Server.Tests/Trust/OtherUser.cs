using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Trust;

/// <summary>Programs that run as another user of this machine. The tests are root.</summary>
internal static class OtherUser
{
    /// <summary>Nobody.</summary>
    public const int Nobody = 65534;

    /// <summary>Somebody who has no account.</summary>
    public const int Stranger = 54321;

    /// <summary>Tries everything it is told to, and prints one line for whatever it got.</summary>
    private const string Spy = """
        import base64, json, os, socket, struct, sys

        def get(what, try_it):
            try:
                got = try_it()
                print(what if got is None else f"{what} {got}", flush=True)
            except OSError:
                pass

        def read(path):
            with open(path, "rb") as file:
                file.read(1)

        def memory(pid):
            with open(f"/proc/{pid}/maps") as maps:
                begin = int(maps.readline().split("-")[0], 16)
            with open(f"/proc/{pid}/mem", "rb") as file:
                file.seek(begin)
                file.read(1)

        def connect(path):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
                peer.connect(path)

        def ask(port, message):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as peer:
                peer.sendall(f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                             f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n".encode())
                stream = peer.makefile("rb")
                status = stream.readline().split()[1].decode()
                while stream.readline().strip():
                    pass
                if status != "101":
                    return status
                data = json.dumps(message).encode()
                peer.sendall(b"\x81" + struct.pack("!BH4s", 0xFE, len(data), b"\0\0\0\0") + data)
                while True:
                    _, length = struct.unpack("!BB", stream.read(2))
                    if length == 126:
                        length = struct.unpack("!H", stream.read(2))[0]
                    answer = json.loads(stream.read(length))
                    if answer.get("id") == message["id"]:
                        return answer["type"] + " " + answer.get("message", "")

        wish = json.loads(sys.argv[1])
        for path in wish.get("sockets", []): get(f"socket {path}", lambda: connect(path))
        for path in wish.get("files", []): get(f"file {path}", lambda: read(path))
        for path in wish.get("directories", []): get(f"directory {path}", lambda: os.listdir(path) and None)
        for pid in wish.get("processes", []):
            get(f"environment of {pid}", lambda: read(f"/proc/{pid}/environ"))
            get(f"descriptors of {pid}", lambda: os.listdir(f"/proc/{pid}/fd") and None)
            get(f"memory of {pid}", lambda: memory(pid))
        for message in wish.get("messages", []): get(message["type"], lambda: ask(wish["port"], message))
        """;

    /// <summary>What a user gets of all that is wished for: a line for each thing.</summary>
    public static async Task<string[]> TryAsync(int user, JsonObject wish)
    {
        using var spy = Begin(user, "/usr/bin/python3", "-c", Spy, wish.ToJsonString());
        var (output, error) = (spy.StandardOutput.ReadToEndAsync(), spy.StandardError.ReadToEndAsync());
        await spy.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        Assert.Equal("", await error);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Begins a program as a user.</summary>
    public static Process Begin(int user, params string[] line)
    {
        var id = user.ToString(CultureInfo.InvariantCulture);
        return Process.Start(new ProcessStartInfo("setpriv", [$"--reuid={id}", $"--regid={id}", "--clear-groups", .. line])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
    }
}
