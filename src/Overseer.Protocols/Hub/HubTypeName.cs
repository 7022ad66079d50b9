using System.Text;

namespace Overseer.Protocols.Hub;

/// <summary>The types as they are written: in lower case in journals, to connections in theirs.</summary>
internal static class HubTypeName
{
    private static readonly byte[][] Lower = [.. Enum.GetNames<HubType>().Select(name => Encoding.ASCII.GetBytes(name.ToLowerInvariant()))];
    private static readonly byte[][] Upper = [.. Enum.GetNames<HubType>().Select(name => Encoding.ASCII.GetBytes(name.ToUpperInvariant()))];

    /// <summary>The type's name.</summary>
    public static ReadOnlySpan<byte> Of(HubType type, bool capitals) => capitals ? Upper[(int)type] : Lower[(int)type];

    /// <summary>Finds a type by its name in any case.</summary>
    /// <param name="name">The name, without escapes.</param>
    /// <param name="type">The type.</param>
    /// <param name="isLower">Whether it was written in lower case.</param>
    public static bool TryFind(ReadOnlySpan<byte> name, out HubType type, out bool isLower)
    {
        for (int i = 0; i < Lower.Length; i++)
        {
            if (!Ascii.EqualsIgnoreCase(name, Lower[i]))
                continue;
            type = (HubType)i;
            isLower = name.SequenceEqual(Lower[i]);
            return true;
        }
        type = default;
        isLower = false;
        return false;
    }
}
