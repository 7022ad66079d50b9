namespace Overseer.Protocols.Schema;

/// <summary>The types that need no name of their own.</summary>
internal static class WireTypes
{
    public static WireType<string> Text { get; } = new TextType(identifier: false);

    /// <summary>A string whose empty value counts as absent when it is read.</summary>
    public static WireType<string> Identifier { get; } = new TextType(identifier: true);

    /// <summary>The id of a task: any text, but forms that can make a UUID are to offer one.</summary>
    public static WireType<string> TaskIdText { get; } = new TextType(identifier: false, "uuid");

    /// <summary>The id of a task as a client gives it.</summary>
    public static WireType<string> TaskIdentifier { get; } = new TextType(identifier: true, "uuid");

    public static WireType<ReadOnlyMemory<byte>> Data { get; } = new DataType();

    /// <summary>A JSON object as it is.</summary>
    public static WireType<ReadOnlyMemory<byte>> Json { get; } = new JsonType();

    public static WireType<bool> Boolean { get; } = new BooleanType();

    public static WireType<int> Integer { get; } = new IntegerType<int>(int.MinValue, int.MaxValue);

    /// <summary>A count, 0 or more.</summary>
    public static WireType<int> Count { get; } = new IntegerType<int>(0, int.MaxValue);

    /// <summary>A number of things counted from 1.</summary>
    public static WireType<int> Positive { get; } = new IntegerType<int>(1, int.MaxValue);

    /// <summary>A number with a fraction, 0 or more.</summary>
    public static WireType<double> Number { get; } = new NumberType(0);

    public static WireType<long> LongCount { get; } = new IntegerType<long>(0, long.MaxValue);

    /// <summary>A sequence number, counted from 1.</summary>
    public static WireType<long> Seq { get; } = new IntegerType<long>(1, long.MaxValue);

    public static WireType<DateTimeOffset> Timestamp { get; } = new TimestampType();

    public static WireType<TimeSpan> Duration { get; } = new DurationType();

    public static WireType<IReadOnlyList<string>> Texts { get; } = new ListType<string>(Text);

    public static WireType<IReadOnlyDictionary<string, string>> TextMap { get; } = new MapType<string>(Text);
}
