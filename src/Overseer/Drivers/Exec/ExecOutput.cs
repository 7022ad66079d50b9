using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Expressions.Cel;

namespace Overseer.Drivers.Exec;

/// <summary>
/// Reads the conditions on output, in both spellings: <c>output: {stdout: {condition}, stderr: {condition}}</c>, and <c>stdout_condition</c>, <c>stderr_condition</c>.
/// </summary>
internal static class ExecOutput
{
    /// <summary>The filter; null when there is no condition, or a wrong one, which is reported.</summary>
    public static OutputFilter? Read(ConfigSection config)
    {
        var output = config.Section("output");
        var stdout = Condition(config, output, "stdout");
        var stderr = Condition(config, output, "stderr");
        output?.End();
        return OutputFilter.Create(stdout, stderr);
    }

    /// <summary>A configuration without its conditions: what is left says what is started.</summary>
    public static ConfigMapping Without(ConfigMapping config) =>
        new([.. config.Entries.Where(entry => entry.Key is not ("output" or "stdout_condition" or "stderr_condition"))]);

    /// <summary>A condition that compiles, or null.</summary>
    private static string? Condition(ConfigSection config, ConfigSection? output, string stream)
    {
        var rule = output?.Section(stream);
        var nested = rule?.Text("condition");
        rule?.End();
        var flat = $"{stream}_condition";
        var text = config.Text(flat);
        if (nested is not null && text is not null)
        {
            config.Error(flat, $"output.{stream}.condition says the same; only one of the two may be given");
            return null;
        }

        try
        {
            OutputFilter.Create(nested ?? text, null);
            return nested ?? text;
        }
        catch (CelException e)
        {
            if (nested is null) config.Error(flat, e.Message);
            else rule!.Error("condition", e.Message);
            return null;
        }
    }
}
