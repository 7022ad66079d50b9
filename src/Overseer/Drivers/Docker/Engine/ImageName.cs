namespace Overseer.Drivers.Docker.Engine;

/// <summary>Names of images: <c>[REGISTRY[:PORT]/]NAME[:TAG|@DIGEST]</c>.</summary>
internal static class ImageName
{
    /// <summary>Splits off the tag or digest; without either it is <c>latest</c>, and not all there are.</summary>
    public static (string Name, string Tag) Split(string image)
    {
        if (image.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at) return (image[..at], image[(at + 1)..]);
        var colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..]) : (image, "latest");
    }
}
