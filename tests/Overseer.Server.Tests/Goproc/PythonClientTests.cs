using Overseer.Server.Tests.Foreign;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Goproc;

/// <summary>A client that shares nothing with us but the .proto: Debian's Python with its gRPC library, which is not the framework's HTTP/2 either.</summary>
public sealed class PythonClientTests
{
    [Fact]
    public async Task The_gRPC_library_of_Python_gets_every_answer_and_every_status()
    {
        await using var server = await RunningServer.StartAsync(place => $"goproc: {{socket: {place}/goproc.sock}}\n");
        var proto = ForeignProgram.Source("../../../src/Overseer.Protocols/Goproc");
        var made = await ForeignProgram.RunAsync("protoc", $"-I{proto}", $"--python_out={server.Place}", Path.Combine(proto, "goproc.proto"));
        Assert.Equal((0, "", ""), made);

        var (code, output, error) = await ForeignProgram.RunAsync("/usr/bin/python3", "-B", ForeignProgram.Source("goproc.py"), server.PathOf("goproc.sock"), server.Place);

        Assert.Equal("", error);
        var expected = await File.ReadAllLinesAsync(ForeignProgram.Source("goproc.txt"));
        var steps = output.TrimEnd('\n').Split('\n');
        Assert.All(expected.Zip(steps), step => Assert.Equal(step.First, step.Second));
        Assert.Equal((expected.Length, 0), (steps.Length, code));
    }
}
