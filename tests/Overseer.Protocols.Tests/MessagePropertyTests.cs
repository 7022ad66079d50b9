using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

public sealed class MessagePropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3000);
    private static readonly byte[][] Valid = [.. GoldenFiles.Messages("client").Select(Encoding.UTF8.GetBytes)];
    private static readonly byte[][] ValidAnswers = [.. GoldenFiles.Messages("server").Select(Encoding.UTF8.GetBytes)];

    /// <summary>Strings with everything that is hard to write: quotes, controls, halves of characters.</summary>
    private static Gen<string> Texts { get; } = Gen.OneOf(
        Gen.Choose(0, 0xffff).Select(c => ((char)c).ToString()),
        Gen.Choose(0, 0x7f).Select(c => ((char)c).ToString()),
        Gen.Elements("plain text of some length", "\ud83d\ude42", "\ud83d", "\ude42", "\"", "\\", "\u2028", "é"))
        .ArrayOf().Select(parts => string.Concat(parts));

    private static Gen<byte[]> Fragments { get; } = Gen.Elements(
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud83d", "null", "true", "1", "-1", "1e5", "\"id\"", "\"type\"", "\"start\"", "\"list\"", "\"x\"",
        "\"params\"", "\"retry_policy\"", "\"since\"", "\"pid\"", " ", "{\"id\":\"1\",\"type\":\"start\",\"action\":\"a\",", "\u00ff", "漢")
        .ArrayOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));

    [Fact]
    public void Any_bytes_become_a_message_or_an_error_that_is_valid_JSON()
        => Prop.ForAll(Gen.OneOf(ArbMap.Default.GeneratorFor<byte[]>(), Fragments).ToArbitrary(), IsMessageOrError).Check(Thorough);

    [Fact]
    public void Any_valid_message_with_damage_becomes_a_message_or_an_error()
        => Prop.ForAll(Damaged(Valid).ToArbitrary(), IsMessageOrError).Check(Thorough);

    [Fact]
    public void A_client_survives_any_bytes_and_any_damaged_answer()
        => Prop.ForAll(
            Gen.OneOf(ArbMap.Default.GeneratorFor<byte[]>(), Fragments, Damaged(ValidAnswers)).ToArbitrary(),
            bytes =>
            {
                var result = ServerMessageReader.Read(bytes);
                return (result.Message is null ? 0 : 1) + (result.UnknownType is null ? 0 : 1) + (result.Error is null ? 0 : 1) == 1;
            }).Check(Thorough);

    [Fact]
    public void Every_answer_with_any_text_is_valid_JSON_that_reads_back()
        => Prop.ForAll(Texts.ToArbitrary(), text => Answers(text).All(ReadsBack)).Check(Thorough);

    [Fact]
    public void Every_request_with_any_text_is_valid_JSON_that_reads_back()
        => Prop.ForAll(Texts.Where(t => t.Length > 0).ToArbitrary(), text =>
        {
            var message = new StartMessage(text)
            {
                Action = text,
                Params = new Dictionary<string, string> { [text] = text, [""] = "" },
                Tags = [text, ""],
                RetryPolicy = new RetryPolicy { RestartDelay = TimeSpan.FromTicks(text.Length), ErrorThreshold = 0 },
            };
            byte[] written = Json.Bytes(message);
            var read = ClientMessageReader.Read(written);
            return Json.IsValid(written) && read.Error is null && Json.Bytes(read.Message!).AsSpan().SequenceEqual(written);
        }).Check(Thorough);

    [Fact]
    public void Input_with_any_bytes_is_valid_JSON_that_reads_back()
        => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), data =>
        {
            byte[] written = Json.Bytes(new InputMessage("1") { TaskId = "t", Data = data, Eof = true });
            var read = Assert.IsType<InputMessage>(ClientMessageReader.Read(written).Message);
            return Json.IsValid(written) && (!System.Text.Unicode.Utf8.IsValid(data) || read.Data.Span.SequenceEqual(data));
        }).Check(Thorough);

    private static Gen<byte[]> Damaged(byte[][] messages)
        => from message in Gen.Elements(messages)
           from at in Gen.Choose(0, message.Length - 1)
           from length in Gen.Choose(0, 8)
           from replacement in Gen.OneOf(ArbMap.Default.GeneratorFor<byte[]>(), Gen.Choose(0, 255).Select(b => new[] { (byte)b }), Fragments)
           select (byte[])[.. message[..at], .. replacement, .. message[Math.Min(at + length, message.Length)..]];

    private static bool IsMessageOrError(byte[] bytes)
    {
        var result = ClientMessageReader.Read(bytes);
        if (result.Message is { } message)
            return result.Error is null && message.Id.Length > 0 && Json.IsValid(Json.Bytes(message));
        return result.Error is { Message.Length: > 0 } error && Json.IsValid(Json.Bytes(error));
    }

    private static bool ReadsBack(ServerMessage message)
    {
        byte[] written = Json.Bytes(message);
        var read = ServerMessageReader.Read(written);
        return Json.IsValid(written) && read.Message is { } again && Json.Bytes(again).AsSpan().SequenceEqual(written);
    }

    private static IEnumerable<ServerMessage> Answers(string text)
    {
        yield return new ErrorMessage { Id = text, Message = text, ExistingTaskId = text };
        yield return new StartedMessage { TaskId = text, Pid = text.Length, RestartOf = 0, Ts = DateTimeOffset.UnixEpoch, Id = text };
        yield return new SubscribedMessage { TaskId = text, Tag = text, NextSeq = 0, Id = text };
        yield return new PoolUpdatedMessage
        {
            Action = text,
            Pool = new PoolInfo
            {
                Limit = 1,
                Running = text.Length,
                QueueDepth = 1,
                QueueItems = [new QueueItem { TaskId = text, Action = text, QueuedAt = DateTimeOffset.UnixEpoch, Position = 0, Forced = true }],
            },
        };
        yield return new MetricsResponse { Task = new TaskMetrics { OutputLines = text.Length, RestartCount = 0, RuntimeMs = long.MaxValue, LastExitCode = -1 }, Id = text };
        yield return new AcceptedMessage { TaskId = text, Id = text };
        yield return new SessionsResponse
        {
            Id = text,
            Sessions =
            [
                new SessionInfo
                {
                    TaskId = text, IsOpen = true, IsConnected = false, Status = text, FirstSeen = DateTimeOffset.UnixEpoch, LastSeen = DateTimeOffset.UnixEpoch, Messages = text.Length, ExitCode = -1,
                },
            ],
        };
        yield return new ManifestResponse { Manifest = Json.Bytes(new AcceptedMessage { TaskId = text, Id = text }), Id = text };
        yield return new TasksMessage
        {
            Id = text,
            Tasks =
            [
                new TaskInfo
                {
                    TaskId = text, Number = text.Length, Action = text, Origin = TaskOrigin.Command, Params = new Dictionary<string, string> { [text] = text }, State = TaskState.Active,
                    RestartCount = 0, CreatedAt = DateTimeOffset.UnixEpoch, ErrorMessage = text, Args = [text, ""], LastExitCode = 0,
                },
            ],
        };
        yield return new ActionsMessage
        {
            Id = text,
            Actions =
            [
                new ActionInfo
                {
                    Name = text, Type = text, Description = text, TaskPool = PoolMessages.ToConfig(PoolSettings.Unlimited), Retry = RetryPolicy.Empty,
                    Params = new Dictionary<string, ParameterInfo> { [text] = null!, [text + "2"] = new() { Default = text, Enum = [text] } },
                },
            ],
        };
    }
}
