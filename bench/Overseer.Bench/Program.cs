using System.Diagnostics;
using Overseer.Bench;

switch (args)
{
    case ["emit", .. var rest]:
        return LineEmitter.Run(rest);
    case ["tick", .. var rest]:
        return Ticker.Run(rest);
}

IScenario[] scenarios = [Delivery.Throughput, Delivery.FanOut, new Capture(), new OutputFilter(), new SpawnRate(), new Restart(), new ListTasks(), new Latency(), new Memory(), new Persistence(), new Reattach(), new Registry(), new HubDelivery()];
if (args is ["--help" or "-h"])
{
    Console.WriteLine(BenchOptions.Usage);
    Console.WriteLine("\nscenarios, all of them when none is named:\n");
    foreach (var scenario in scenarios)
        Console.WriteLine($"  {scenario.Name,-12} {scenario.Purpose}");
    return 0;
}

BenchOptions options;
try
{
    options = BenchOptions.Parse(args, [.. scenarios.Select(scenario => scenario.Name)]);
}
catch (FormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

using var context = new BenchContext(options);
var figures = new List<Figure>();
foreach (var scenario in scenarios.Where(each => options.Scenarios.Count == 0 || options.Scenarios.Contains(each.Name)))
{
    var begin = Stopwatch.GetTimestamp();
    try
    {
        // At a fiftieth of the size nothing can reach a target, or miss it.
        figures.AddRange(scenario.Run(context).Select(figure => options.Smoke ? figure with { Target = null } : figure));
        BenchContext.Say($"{scenario.Name}: {Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s");
    }
    catch (Exception exception) when (exception is IOException or TimeoutException or InvalidOperationException or InvalidDataException or System.ComponentModel.Win32Exception)
    {
        context.Fault($"{scenario.Name}: {exception.Message}");
    }
}

if (options.Json)
    JsonReport.Write(Console.OpenStandardOutput(), figures, context, options.Smoke);
else if (options.Markdown)
    MarkdownReport.Write(Console.Out, figures);
else
    TextReport.Write(Console.Out, figures);
if (context.Faults.Count == 0)
    return 0;
Console.Error.WriteLine($"{context.Faults.Count} things went wrong:");
foreach (var fault in context.Faults)
    Console.Error.WriteLine("  " + fault);
return 1;
