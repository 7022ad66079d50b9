using System.Text;

namespace Overseer.Core.Expressions.Cel.Values;

/// <summary>A value, or the error that stands in its place. Making one of a simple kind allocates nothing.</summary>
internal readonly struct CelValue
{
    private readonly ReadOnlyMemory<byte> _octets;
    private readonly object? _object;
    private readonly long _bits;

    private CelValue(CelKind kind, long bits = 0, object? reference = null, ReadOnlyMemory<byte> octets = default)
    {
        Kind = kind;
        _bits = bits;
        _object = reference;
        _octets = octets;
    }

    /// <summary><c>null</c>.</summary>
    public static CelValue Null => new(CelKind.Null);

    /// <summary><c>true</c>.</summary>
    public static CelValue True => new(CelKind.Bool, 1);

    /// <summary><c>false</c>.</summary>
    public static CelValue False => new(CelKind.Bool);

    /// <summary>What it is.</summary>
    public CelKind Kind { get; }

    /// <summary>Whether there is no value.</summary>
    public bool IsError => Kind == CelKind.Error;

    /// <summary>Whether it is an int, a uint or a double.</summary>
    public bool IsNumber => Kind is CelKind.Int or CelKind.Uint or CelKind.Double;

    /// <summary>The value of a bool.</summary>
    public bool AsBool => _bits != 0;

    /// <summary>The value of an int.</summary>
    public long AsInt => _bits;

    /// <summary>The value of a uint.</summary>
    public ulong AsUint => unchecked((ulong)_bits);

    /// <summary>The value of a double.</summary>
    public double AsDouble => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The bytes of a text (UTF-8) or of bytes.</summary>
    public ReadOnlyMemory<byte> Octets => _octets;

    /// <summary>The elements of a list; not to be written to.</summary>
    public CelValue[] AsArray => (CelValue[])_object!;

    /// <summary>The elements of a list.</summary>
    public ReadOnlySpan<CelValue> Elements => AsArray;

    /// <summary>A map.</summary>
    public CelMap AsMap => (CelMap)_object!;

    /// <summary>The name of the type that it is.</summary>
    public string AsType => (string)_object!;

    /// <summary>Why there is no value.</summary>
    public CelError AsError => (CelError?)_object ?? CelError.NotBool;

    /// <summary>A bool.</summary>
    public static CelValue Bool(bool value) => new(CelKind.Bool, value ? 1 : 0);

    /// <summary>An int.</summary>
    public static CelValue Int(long value) => new(CelKind.Int, value);

    /// <summary>A uint.</summary>
    public static CelValue Uint(ulong value) => new(CelKind.Uint, unchecked((long)value));

    /// <summary>A double.</summary>
    public static CelValue Double(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A text; must be well-formed UTF-8.</summary>
    public static CelValue Text(ReadOnlyMemory<byte> utf8) => new(CelKind.Text, octets: utf8);

    /// <summary>A text; a surrogate without partner becomes U+FFFD.</summary>
    public static CelValue Text(string value) => Text(Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes.</summary>
    public static CelValue Bytes(ReadOnlyMemory<byte> value) => new(CelKind.Bytes, octets: value);

    /// <summary>A list; takes the array.</summary>
    public static CelValue List(CelValue[] elements) => new(CelKind.List, reference: elements);

    /// <summary>A map.</summary>
    public static CelValue Map(CelMap map) => new(CelKind.Map, reference: map);

    /// <summary>A type.</summary>
    public static CelValue Type(string name) => new(CelKind.Type, reference: name);

    /// <summary>No value.</summary>
    public static CelValue Error(CelError error) => new(CelKind.Error, reference: error);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        CelKind.Text => Encoding.UTF8.GetString(_octets.Span),
        CelKind.Error => AsError.Message,
        _ => CelTypeNames.Of(Kind),
    };
}
