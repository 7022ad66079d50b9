using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>One of a few words, each of which is a value here.</summary>
internal sealed class ChoiceType<T> : WireType<T>
    where T : struct, Enum
{
    private readonly (string Word, T Value)[] _choices;
    private readonly FrozenDictionary<T, byte[]> _json;

    /// <summary>Makes the type.</summary>
    /// <param name="name">The type's name in descriptions.</param>
    /// <param name="choices">Words that need no escaping, each with its value.</param>
    public ChoiceType(string name, params (string Word, T Value)[] choices)
        : base(name, "one of " + string.Join(", ", choices.Select(c => $"\"{c.Word}\"")))
    {
        _choices = choices;
        Words = [.. choices.Select(c => c.Word)];
        _json = choices.ToFrozenDictionary(c => c.Value, c => Encoding.UTF8.GetBytes($"\"{c.Word}\""));
    }

    public override IReadOnlyList<string> Words { get; }

    public override ReadProblem? Read(ref Utf8JsonReader reader, out T value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || !UnicodeText.TryRead(ref reader, out string text))
            return WrongType();
        foreach (var (word, choice) in _choices)
        {
            if (word != text)
                continue;
            value = choice;
            return null;
        }
        return WrongType();
    }

    public override void Write(ref JsonOutput output, T value) => output.Raw(_json[value]);
}
