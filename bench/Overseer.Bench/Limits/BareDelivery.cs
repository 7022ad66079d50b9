using System.Diagnostics;
using System.Net.Sockets;

namespace Overseer.Bench;

/// <summary>A line writer, <see cref="BareStream"/> on a thread of its own, and the listeners on the caller's.</summary>
internal static class BareDelivery
{
    /// <summary>Seconds from the opened gate until everybody has everything, and CPU seconds of the loop.</summary>
    internal static (double Seconds, double Cpu) Run(BenchContext context, EmitOrder order, int listeners, Action? begun = null)
    {
        using var gate = new Gate(context.Directory);
        var (read, write) = Interop.Pipe();
        var report = Path.Combine(context.Directory, "limit.report");
        ChildProcess child;
        using (write)
            child = ChildProcess.Start(context.Self, order.Arguments(gate, report), output: (int)write.DangerousGetHandle(), error: 2);

        var pairs = Enumerable.Range(0, listeners).Select(_ => LoopbackPair.Make()).ToList();
        var stream = new BareStream(context.Directory);
        Exception? failure = null;
        var worker = new Thread(() =>
        {
            try
            {
                stream.Run(read, [.. pairs.Select(pair => pair.Sender)]);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
            finally
            {
                pairs.ForEach(pair => pair.Sender.Shutdown(SocketShutdown.Send));
            }
        });
        try
        {
            gate.AwaitChild();
            worker.Start();
            var begin = Stopwatch.GetTimestamp();
            gate.Open();
            begun?.Invoke();
            Listeners.Drain([.. pairs.Select(pair => pair.Receiver)], client => client.Ended, TimeSpan.FromMinutes(5));
            worker.Join();
            var elapsed = Stopwatch.GetElapsedTime(begin);
            var writer = EmitReport.Await(report, TimeSpan.FromSeconds(10));
            if (failure is not null)
                throw new InvalidOperationException("the prototype failed", failure);
            if (stream.Lines != order.Lines || pairs.Any(pair => pair.Receiver.Walker is var walker && (walker.Outputs != order.Lines || walker.Holes > 0)))
                context.Fault($"prototype: not every listener got {order.Lines} lines");
            return (listeners == 0 ? writer.Elapsed.TotalSeconds : elapsed.TotalSeconds, stream.CpuSeconds);
        }
        finally
        {
            child.Signal(Interop.SigTerm);
            _ = child.Wait(TimeSpan.FromSeconds(5));
            pairs.ForEach(pair => pair.Dispose());
            read.Dispose();
        }
    }
}
