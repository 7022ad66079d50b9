using System.Text;
using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

internal enum StepKind
{
    Output,
    Started,
    Exited,
    Cut,
    Gap,
    Reopen,
}

/// <summary>One thing that happens to a journal in a generated test.</summary>
internal sealed record Step(StepKind Kind, int Run, OutputStream Stream, byte[] Data)
{
    public override string ToString() => Kind == StepKind.Output
        ? $"{Run}/{Stream} \"{Convert.ToHexString(Data)}\" {Encoding.Latin1.GetString(Data).ReplaceLineEndings("|")}"
        : $"{Run}/{Stream} {Kind}";
}
