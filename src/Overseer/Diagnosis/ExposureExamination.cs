using Overseer.Configuration;
using Overseer.Server.Trust;

namespace Overseer.Diagnosis;

/// <summary>Who can reach the server, and with what.</summary>
internal sealed class ExposureExamination : IExamination
{
    public string Name => "exposure";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        var configuration = patient.Configuration;
        var open = configuration.Listen.OfType<ListenAddress.Tcp>().Where(tcp => !tcp.IsLoopback).ToList();
        if (open.Count == 0)
        {
            yield return Finding.Ok(Name, "only this machine can reach the server");
            yield break;
        }

        var addresses = string.Join(", ", open);
        if (configuration.Tokens.Count == 0)
        {
            yield return Finding.Warning(
                Name,
                $"{addresses} can be reached from other machines, and no tokens are configured: each of {PeerFilter.Create(configuration.TrustedCidrs).Summary} may do everything",
                "set tokens, or listen at 127.0.0.1");
        }

        if (configuration.Tls is null)
        {
            yield return Finding.Warning(Name, $"{addresses} can be reached from other machines without encryption: output, parameters and tokens can be read on the way", "set tls, or let a proxy do that and listen at 127.0.0.1");
        }

        if (configuration.Tokens.Count > 0 && configuration.Tls is not null)
        {
            yield return Finding.Ok(Name, $"{addresses} can be reached from other machines, with tokens and TLS");
        }
    }
}
