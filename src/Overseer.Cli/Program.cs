using Overseer.Recorder;

// Before anything else is touched: the recorder stays small.
if (args is [RecorderProcess.Verb, ..])
    return RecorderProcess.Main(args.AsSpan(1));

return 0;
