using Overseer.Core.Expressions.Cel.Json;
using Overseer.Core.Expressions.Cel.Values;

namespace Overseer.Core.Expressions.Cel.Evaluation;

/// <summary>
/// What one evaluation works with: the input, the variables of macros, what is left of its budget, and room that the next evaluation uses again. One for each thread:
/// an evaluation never waits and never starts another.
/// </summary>
internal sealed class CelFrame
{
    private const int MaxKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static CelFrame? _ofThisThread;

    private readonly JsonMap _object = new();
    private byte[] _repaired = [];
    private char[] _characters = [];
    private CelValue[] _locals = [];
    private CelValue _text;
    private CelValue _json;
    private long _steps;
    private int _elements;
    private bool _hasText;
    private bool _hasJson;

    /// <summary>The calling thread's own.</summary>
    public static CelFrame OfThisThread => _ofThisThread ??= new CelFrame();

    /// <summary>The input text as raw bytes: a line of output, or the value of a parameter.</summary>
    public ReadOnlyMemory<byte> Input { get; set; }

    /// <summary>Whether the line came from standard error.</summary>
    public bool IsStandardError { get; set; }

    /// <summary>Why the last part that yielded an error did so.</summary>
    public CelError Error { get; set; } = CelError.NotBool;

    /// <summary>The limit that was hit, or null. From then on the whole evaluation is an error, whatever its parts yield.</summary>
    public CelError? Limit { get; private set; }

    /// <summary>The value to return once <see cref="Limit"/> is set.</summary>
    public CelValue Spent => CelValue.Error(Limit ?? CelError.TooManySteps);

    /// <summary>The variables of macros, by nesting.</summary>
    public Span<CelValue> Locals => _locals;

    /// <summary>The input as a text: each byte that is not UTF-8 is one U+FFFD, as clients see it.</summary>
    public CelValue Text
    {
        get
        {
            if (_hasText) return _text;
            _hasText = true;
            SpendBytes(Input.Length);
            return _text = CelValue.Text(Utf8Repair.Repair(Input, ref _repaired));
        }
    }

    /// <summary>The input as a JSON object; an empty one when it is none.</summary>
    public CelValue Json
    {
        get
        {
            if (_hasJson) return _json;
            _hasJson = true;
            return _json = CelValue.Map(JsonGrammar.MayBeObject(Input.Span) ? JsonObject(Text.Octets) : JsonMap.Empty);
        }
    }

    /// <summary>Begins an evaluation; <see cref="Input"/> is set already.</summary>
    public void Begin(CelLimits limits, int locals)
    {
        _steps = limits.MaxSteps;
        _elements = limits.MaxElements;
        _hasText = _hasJson = false;
        Limit = null;
        if (_locals.Length < locals) _locals = new CelValue[locals];
    }

    /// <summary>Ends it: nothing of the input is held on to.</summary>
    public void End()
    {
        Input = default;
        if (_hasText) _text = default;
        if (_hasJson) ForgetJson();
        if (_locals.Length > 0) Array.Clear(_locals);
        if (_repaired.Length > MaxKeptBytes) _repaired = [];
        if (_characters.Length > MaxKeptBytes) _characters = [];
    }

    private void ForgetJson()
    {
        _json = default;
        _object.Over(default);
    }

    /// <summary>Takes steps from the budget; false when there are not enough left.</summary>
    public bool Spend(long steps)
    {
        if (_steps >= steps)
        {
            _steps -= steps;
            return true;
        }

        _steps = 0;
        Limit ??= CelError.TooManySteps;
        Error = Limit;
        return false;
    }

    /// <summary>Takes the steps for looking at some bytes once.</summary>
    public bool SpendBytes(int bytes) => Spend(1 + (bytes >> 6));

    /// <summary>Takes elements from the budget; false when there are not enough left.</summary>
    public bool TakeElements(int count)
    {
        _elements -= Math.Min(count, _elements + 1);
        if (_elements >= 0) return Spend(1 + (count >> 2));
        Limit ??= CelError.TooManyElements;
        Error = Limit;
        return false;
    }

    /// <summary>A part yields an error.</summary>
    public CelTruth Fail(CelError error)
    {
        Error = error;
        return CelTruth.Error;
    }

    /// <summary>Room for characters, used again by the next call.</summary>
    public char[] Characters(int length)
    {
        if (_characters.Length < length) _characters = new char[Math.Max(length, 256)];
        return _characters;
    }

    private JsonMap JsonObject(ReadOnlyMemory<byte> text)
    {
        SpendBytes(text.Length * 4);
        return JsonGrammar.IsObject(text.Span) ? _object.Over(text) : JsonMap.Empty;
    }
}
