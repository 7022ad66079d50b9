using System.Globalization;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder;

/// <summary>The command line of a recorder process; written by <see cref="RecorderLauncher"/>, or by whoever writes a unit for it.</summary>
internal sealed record RecorderArguments(
    RecorderPlaces Places,
    int ReadyDescriptor,
    ulong? ChildSoftNoFile,
    SpawnerChoice Spawner = SpawnerChoice.ByTrying,
    int WireVersion = Wire.WireVersion.Current)
{
    internal const string Usage = "overseer recorder --socket PATH --lock PATH --journals DIRECTORY --log PATH [--flight PATH] [--nofile N] [--ready-fd N]";

    /// <summary>Reads a command line, without the verb.</summary>
    /// <exception cref="FormatException">Something is missing or not understood; the message says what.</exception>
    internal static RecorderArguments Parse(ReadOnlySpan<string> args)
    {
        string? socket = null, lockPath = null, journals = null, log = null, flight = null;
        int ready = -1;
        ulong? noFile = null;
        var spawner = SpawnerChoice.ByTrying;
        int version = Wire.WireVersion.Current;
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value");
            switch (args[i])
            {
                case "--socket":
                    socket = Path.GetFullPath(value);
                    break;
                case "--lock":
                    lockPath = Path.GetFullPath(value);
                    break;
                case "--journals":
                    journals = Path.GetFullPath(value);
                    break;
                case "--log":
                    log = Path.GetFullPath(value);
                    break;
                case "--flight":
                    flight = Path.GetFullPath(value);
                    break;
                case "--spawner":
                    spawner = SpawnerChoices.Parse(value) ?? throw new FormatException($"--spawner {value}: neither clone nor posix");
                    break;
                case "--ready-fd":
                    ready = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw NotANumber(args[i], value);
                    break;
                // For tests, and not in the usage.
                case "--wire-version":
                    version = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int said) ? said : throw NotANumber(args[i], value);
                    break;
                case "--nofile":
                    noFile = ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong limit) && limit > 0 ? limit : throw NotANumber(args[i], value);
                    break;
                default:
                    throw new FormatException($"unknown option {args[i]}");
            }
        }
        var places = new RecorderPlaces(Required(socket, "--socket"), Required(lockPath, "--lock"), Required(log, "--log"), Required(journals, "--journals"), flight);
        return new RecorderArguments(places, ready, noFile, spawner, version);
    }

    internal string[] Format() =>
    [
        "--socket", Places.SocketPath,
        "--lock", Places.LockPath,
        "--journals", Places.JournalRoot,
        "--log", Places.LogPath,
        .. Places.FlightPath is { } flight ? ["--flight", flight] : Array.Empty<string>(),
        .. Spawner.Name() is { } spawner ? ["--spawner", spawner] : Array.Empty<string>(),
        .. ChildSoftNoFile is { } limit ? ["--nofile", limit.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        .. WireVersion != Wire.WireVersion.Current ? ["--wire-version", WireVersion.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        .. ReadyDescriptor >= 0 ? ["--ready-fd", ReadyDescriptor.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
    ];

    private static string Required(string? value, string option) => value ?? throw new FormatException($"{option} is missing");

    private static FormatException NotANumber(string option, string value) => new($"{option} {value}: not a number");
}
