namespace Overseer.Diagnosis;

/// <summary>Looks at one thing that a server stands on. Changes nothing.</summary>
internal interface IExamination
{
    /// <summary>What its findings are named when it fails itself.</summary>
    string Name { get; }

    /// <summary>Looks.</summary>
    IEnumerable<Finding> Examine(Patient patient);
}
