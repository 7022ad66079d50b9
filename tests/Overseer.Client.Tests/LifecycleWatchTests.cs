using System.Text;
using Overseer.Protocols.V2;

namespace Overseer.Client.Tests;

public sealed class LifecycleWatchTests
{
    [Fact]
    public async Task After_a_lost_connection_it_goes_on_behind_the_last_number_and_gives_nothing_twice()
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                Assert.NotNull(subscribe.TextOf("since"));
                await peer.SendAsync(Messages.Following(subscribe.Id, 12, history: 2), Messages.Lifecycle(11, "started", "a"), Messages.Lifecycle(12, "started", "b"), Messages.Lifecycle(13, "started", "c"));
            },
            async peer =>
            {
                await peer.AcceptAsync();
                Request subscribe = await peer.ExpectAsync("subscribe");
                Assert.Equal(("13", null), (subscribe.TextOf("after"), subscribe.TextOf("since")));
                await peer.SendAsync(Messages.Following(subscribe.Id, 14, history: 1), Messages.Lifecycle(13, "started", "c"), Messages.Lifecycle(14, "started", "d"), Messages.PoolUpdated("x"));
                await peer.UntilGoneAsync();
            });
        await using OverseerClient client = await server.ConnectAsync();
        var updated = new TaskCompletionSource<string?>();
        client.PoolUpdated += (_, told) => updated.TrySetResult(told.Message.Action);
        await using LifecycleWatch watch = await client.WatchLifecycleAsync(DateTimeOffset.UnixEpoch);

        Assert.Equal(["subscribed", "11", "12", "13", "subscribed", "14", "pool x"], await TakeAsync(watch, 7));
        Assert.Equal("x", await updated.Task.WaitAsync(ScriptedServer.Deadline));
    }

    [Fact]
    public async Task The_numbers_of_a_server_whose_clock_is_behind_count_too()
    {
        await using var server = new ScriptedServer(
            async peer =>
            {
                await peer.AcceptAsync();
                await peer.SendAsync(Messages.Following((await peer.ExpectAsync("subscribe")).Id, 1000));
            },
            async peer =>
            {
                await peer.AcceptAsync();
                await peer.SendAsync(Messages.Following((await peer.ExpectAsync("subscribe")).Id, 5, history: 1, complete: false), Messages.Lifecycle(5, "started", "a"), Messages.Lifecycle(6, "started", "b"));
                await peer.UntilGoneAsync();
            });
        await using OverseerClient client = await server.ConnectAsync();
        await using LifecycleWatch watch = await client.WatchLifecycleAsync();

        Assert.Equal(["subscribed", "subscribed incomplete", "5", "6"], await TakeAsync(watch, 4));
    }

    [Fact]
    public async Task Two_watches_share_the_subscription_and_the_last_one_ends_it()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Following((await peer.ExpectAsync("subscribe")).Id, 10), Messages.Lifecycle(11, "started", "a"));
            // The second one's past comes to both; only the second has not seen it.
            await peer.SendAsync(Messages.Following((await peer.ExpectAsync("subscribe")).Id, 11, history: 1), Messages.Lifecycle(11, "started", "a"), Messages.Lifecycle(12, "started", "b"));
            Assert.Equal("True", (await peer.ExpectAsync("unsubscribe")).TextOf("lifecycle"));
        });
        await using (OverseerClient client = await server.ConnectAsync())
        {
            await using LifecycleWatch first = await client.WatchLifecycleAsync();
            await using LifecycleWatch second = await client.WatchLifecycleAsync(DateTimeOffset.UnixEpoch);
            Assert.Equal(["subscribed", "11", "12"], await TakeAsync(first, 3));
            Assert.Equal(["subscribed", "11", "12"], await TakeAsync(second, 3));
        }
        await server.Played;
    }

    [Fact]
    public async Task A_handler_that_throws_ends_the_client_with_its_exception()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Following((await peer.ExpectAsync("subscribe")).Id, 10), Messages.Dequeued("t", "purged"));
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();
        client.Dequeued += (_, _) => throw new InvalidOperationException("mine");
        await using LifecycleWatch watch = await client.WatchLifecycleAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => TakeAsync(watch, 2));
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => client.ListAsync())).Message);
    }

    [Fact]
    public async Task A_stream_is_sent_in_whole_characters_and_again_when_too_much_waits()
    {
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i} 漢字\n"));
        var received = new StringBuilder();
        int refused = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            while (await peer.ReceiveAsync() is { } input)
            {
                string data = input.TextOf("data")!;
                if (Encoding.UTF8.GetByteCount(data) > 5000)
                {
                    await peer.SendAsync(Messages.Error(input.Id, "the input has 9999 bytes, more than may wait for one task (limits.max_input_bytes: 5000); nothing of it was written"));
                    continue;
                }
                if (refused++ % 7 == 0)
                {
                    await peer.SendAsync(Messages.Error(input.Id, "the task does not read its input fast enough: 1 bytes wait already, and 2 may (limits.max_input_bytes); nothing of this input was written"));
                    continue;
                }
                received.Append(data);
                await peer.SendAsync($$"""{"type":"accepted","task_id":"t","id":"{{input.Id}}"}""");
                if (input.TextOf("eof") is not null)
                    break;
            }
            await peer.UntilGoneAsync();
        });
        await using OverseerClient client = await server.ConnectAsync();

        long sent = await client.InputAsync("t", new Trickle(Encoding.UTF8.GetBytes(text)), eof: true).WaitAsync(ScriptedServer.Deadline);

        Assert.Equal(Encoding.UTF8.GetByteCount(text), sent);
        Assert.Equal(text, received.ToString());
    }

    private static async Task<List<string>> TakeAsync(LifecycleWatch watch, int count)
    {
        using var deadline = new CancellationTokenSource(ScriptedServer.Deadline);
        var events = new List<string>();
        await foreach (ServerMessage one in watch.WithCancellation(deadline.Token))
        {
            events.Add(one switch
            {
                LifecycleMessage happened => happened.Number.ToString(),
                PoolUpdatedMessage updated => $"pool {updated.Action}",
                SubscribedMessage { Complete: false } => "subscribed incomplete",
                SubscribedMessage => "subscribed",
                _ => one.GetType().Name,
            });
            if (events.Count == count)
                break;
        }
        return events;
    }

    /// <summary>Gives an odd number of bytes at a time, so that characters are cut in two.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(buffer.Length, 7001)], cancellationToken);
    }
}
