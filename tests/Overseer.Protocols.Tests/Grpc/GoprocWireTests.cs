using Google.Protobuf.Reflection;
using Overseer.Protocols.Goproc;

namespace Overseer.Protocols.Tests.Grpc;

/// <summary>The numbers and types of goproc's messages are its wire: clients that were built years ago have them compiled in.</summary>
public sealed class GoprocWireTests
{
    public static TheoryData<string, string> Messages => new()
    {
        { "PingRequest", "" },
        { "PingResponse", "ok=1 String" },
        { "AddRequest", "pid=1 Int32, tags=2 repeated String, groups=3 repeated String, name=4 String" },
        { "AddResponse", "id=1 UInt64" },
        { "ListRequest", "ids=1 repeated UInt64, pids=2 repeated Int32, tags_any=3 repeated String, tags_all=4 repeated String, groups_any=5 repeated String, groups_all=6 repeated String, alive_only=7 Bool, text_search=8 String, names=9 repeated String" },
        { "ListResponse", "procs=1 repeated Message" },
        { "Proc", "id=1 UInt64, pid=2 Int32, pgid=3 Int32, cmd=4 String, alive=5 Bool, tags=6 repeated String, groups=7 repeated String, added_at_unix=8 Int64, last_seen_unix=9 Int64, name=10 String" },
        { "KillRequest", "id=1 UInt64, pid=2 Int32" },
        { "KillResponse", "" },
        { "RmRequest", "id=1 UInt64" },
        { "RmResponse", "" },
        { "RenameRequest", "from=1 String, to=2 String" },
        { "RenameResponse", "updated=1 UInt32" },
        { "ResetRequest", "" },
        { "ResetResponse", "" },
        { "Use", "cpu_percent=1 Double, cpu_seconds=2 Double, resident_bytes=3 Int64, threads=4 Int32, open_fds=5 Int64" },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Fields_below_100_are_those_of_goproc(string message, string fields)
    {
        var found = GoprocReflection.Descriptor.MessageTypes.Single(type => type.Name == message).Fields.InFieldNumberOrder().Where(field => field.FieldNumber < 100);

        Assert.Equal(fields, string.Join(", ", found.Select(Shown)));
    }

    [Fact]
    public void Every_message_is_looked_at()
        => Assert.Equal(GoprocReflection.Descriptor.MessageTypes.Select(type => type.Name).Order(StringComparer.Ordinal), Messages.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Fact]
    public void The_service_has_the_names_and_methods_of_goproc()
    {
        ServiceDescriptor service = Assert.Single(GoprocReflection.Descriptor.Services);

        Assert.Equal("goproc.v1.GoProc", service.FullName);
        Assert.Equal(["Ping", "Add", "List", "Kill", "Rm", "RenameTag", "RenameGroup", "Reset"], service.Methods.Select(method => method.Name));
        Assert.All(service.Methods, method => Assert.False(method.IsClientStreaming || method.IsServerStreaming));
    }

    [Fact]
    public void The_targets_of_a_kill_exclude_each_other()
        => Assert.Equal(["id", "pid"], KillRequest.Descriptor.Oneofs.Single(one => one.Name == "target").Fields.Select(field => field.Name));

    private static string Shown(FieldDescriptor field) => $"{field.Name}={field.FieldNumber} {(field.IsRepeated ? "repeated " : "")}{field.FieldType}";
}
