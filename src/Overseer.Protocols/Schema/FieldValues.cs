namespace Overseer.Protocols.Schema;

/// <summary>What was read of one object, by field, until the object is made of it.</summary>
internal sealed class FieldValues(int count)
{
    private readonly object?[] _values = new object?[count];
    private ulong _seen;

    public object? this[int index]
    {
        get => _values[index];
        set => _values[index] = value;
    }

    /// <summary>False when the field was there before.</summary>
    public bool See(int index)
    {
        ulong bit = 1UL << index;
        if ((_seen & bit) != 0)
            return false;
        _seen |= bit;
        return true;
    }

    public T Get<TOwner, T>(RequiredField<TOwner, T> field)
        where T : notnull => (T)_values[field.Index]!;

    public T? Get<TOwner, T>(OptionalField<TOwner, T> field)
        where T : class => (T?)_values[field.Index];

    public T? Get<TOwner, T>(OptionalValueField<TOwner, T> field)
        where T : struct => (T?)_values[field.Index];
}
