using Overseer.Chaos;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(ChaosOptions.Usage);
    return 0;
}

ChaosOptions options;
try
{
    options = ChaosOptions.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

Console.WriteLine($"seed {options.Seed}, {options.Minutes} minutes, {options.Tasks} tasks, kills of {string.Join(", ", options.Kinds)}");
ChaosRun run;
try
{
    run = ChaosRun.Prepare(options);
}
catch (InvalidOperationException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

Console.WriteLine($"in {run.Places.Root}");
await using (run)
    await run.RunAsync();
var failed = run.Faults.Count > 0;
if (failed)
    FailureReport.Write(Console.Out, run, options);
if (!failed && !options.Keep)
    Directory.Delete(run.Places.Root, recursive: true);
if (run.Summary.Length > 0)
    Console.WriteLine(run.Summary);
return failed ? 1 : 0;
