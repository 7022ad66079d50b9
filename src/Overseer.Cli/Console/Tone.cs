namespace Overseer.Cli.Console;

/// <summary>How a field looks where there are colours.</summary>
internal enum Tone
{
    Normal,
    Good,
    Bad,
    Waiting,
    Quiet,
}
