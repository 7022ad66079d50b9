using Overseer.Configuration;
using Overseer.Hosting;

namespace Overseer.Diagnosis;

/// <summary>The recorder of these places, and whether one can be started here and records a program.</summary>
internal sealed class RecorderExamination : IExamination
{
    public string Name => "recorder";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        yield return Existing(patient);
        yield return RecorderTrial.Run();
    }

    // Without a word to it: a recorder belongs to whoever spoke to it last.
    private Finding Existing(Patient patient)
    {
        if (patient.RecorderPid is not { } pid)
        {
            if (patient.Configuration.Recorder == RecorderMode.Connect)
            {
                return Finding.Failed(Name, "none runs, and the server is not to start one (recorder: connect)", "start it: systemctl start overseer-recorder");
            }

            return Finding.Ok(Name, "none runs; the server starts one");
        }

        if (!File.Exists(patient.Places!.RecorderSocket))
        {
            return Finding.Failed(Name, $"pid {pid} runs, but its socket {patient.Places.RecorderSocket} is gone", "start the server with the runtime directory that the recorder has, or end the recorder: its tasks go on, and the next one takes them over");
        }

        try
        {
            var program = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName ?? "";
            return program.EndsWith(" (deleted)", StringComparison.Ordinal)
                ? Finding.Warning(Name, $"pid {pid} runs a program that has been replaced since", "restart the server: it replaces the recorder, and tasks go on")
                : Finding.Ok(Name, program == OwnProgram.Find().Executable ? $"pid {pid} runs, of this program" : $"pid {pid} runs, of {program}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Ok(Name, $"pid {pid} runs");
        }
    }
}
