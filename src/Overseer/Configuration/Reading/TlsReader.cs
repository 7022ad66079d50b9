using Overseer.Core.Configuration;
using Overseer.Hosting.Tls;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>tls</c>, and looks at the files it names.</summary>
internal static class TlsReader
{
    public static TlsOptions? Read(ConfigSection root)
    {
        if (root.Section("tls") is not { } section) return null;
        var certificate = section.RequiredText("certificate");
        var key = section.RequiredText("key");
        var defaults = new TlsOptions("", "");
        var options = defaults with
        {
            Certificate = certificate ?? "",
            Key = key ?? "",
            OnlyNewest = section.Enum("min_version", "1.2", "1.3") == "1.3",
            CheckInterval = HubReader.Interval(section, "check_interval") ?? defaults.CheckInterval,
        };
        section.End();
        if (certificate is null || key is null) return null;
        switch (CertificateFiles.Load(options, TimeProvider.System.GetUtcNow()))
        {
            case CertificateResult.Unusable unusable:
                section.Error(unusable.Key, unusable.Problem);
                return null;
            case CertificateResult.Loaded loaded:
                foreach (var warning in loaded.Warnings) root.Warnings.Add(root.Node("tls"), warning);
                break;
        }

        return options;
    }
}
