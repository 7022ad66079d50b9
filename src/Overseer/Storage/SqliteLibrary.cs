using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Overseer.Storage;

/// <summary>
/// Which SQLite is used: the system's, which the distribution keeps patched; where there is none, the copy that comes with Overseer.
/// </summary>
internal static class SqliteLibrary
{
    /// <summary>Set to <see cref="Bundled"/>, it makes the copy be used although the system has one. For tests.</summary>
    public const string Variable = "OVERSEER_SQLITE";

    /// <summary>See <see cref="Variable"/>.</summary>
    public const string Bundled = "bundled";

    private const string SystemLibrary = "libsqlite3.so.0";

    private static readonly Lazy<string> Version = new(Load);

    /// <summary>Loads the library; only the first call does something.</summary>
    /// <returns>Its version, such as <c>3.40.1</c>.</returns>
    /// <exception cref="Core.Tasks.Storage.StoreException">There is neither.</exception>
    public static string Use()
    {
        try
        {
            return Version.Value;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new Core.Tasks.Storage.StoreException($"SQLite cannot be used: neither {SystemLibrary} nor the copy that comes with Overseer can be loaded; install the package libsqlite3-0, or set db: none", e);
        }
    }

    private static string Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return raw.sqlite3_libversion().utf8_to_string();
    }

    /// <summary>Zero has the runtime look by itself, which finds the copy beside the program.</summary>
    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? paths) =>
        name == "e_sqlite3" && Environment.GetEnvironmentVariable(Variable) != Bundled && NativeLibrary.TryLoad(SystemLibrary, out var library) ? library : IntPtr.Zero;
}
