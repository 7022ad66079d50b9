using System.Globalization;
using Overseer.Configuration;
using Overseer.Recorder.Processes;

namespace Overseer.Hosting;

/// <summary>The right to be the only server on a state directory and on a runtime directory, held by lock files for as long as the process lives.</summary>
internal sealed class PlaceLock : IDisposable
{
    private readonly FileStream _state;
    private readonly FileStream _runtime;

    private PlaceLock(FileStream state, FileStream runtime)
    {
        _state = state;
        _runtime = runtime;
    }

    /// <summary>Makes the directories and takes both locks.</summary>
    /// <exception cref="StartupException">Another server has one, or a directory cannot be used.</exception>
    public static PlaceLock Take(Places places)
    {
        try
        {
            places.Create();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(e.Message, e);
        }

        var state = Lock(places.ServerLock, "state directory", places.StateDirectory, "--state-dir");
        try
        {
            return new PlaceLock(state, Lock(places.ServerPid, "runtime directory", places.RuntimeDirectory, "--runtime-dir"));
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _state.Dispose();
        _runtime.Dispose();
    }

    private static FileStream Lock(string path, string what, string directory, string flag)
    {
        FileStream file;
        try
        {
            // FileShare.None is flock(LOCK_EX): it goes with the process, however that ends.
            file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e)
        {
            throw new StartupException($"another server uses the {what} {directory} ({Holder(path)}); stop it, or choose another directory with {flag}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"the {what} {directory} is not writable: {e.Message}; choose another one with {flag}", e);
        }

        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
        file.Flush();
        return file;
    }

    private static string Holder(string path)
    {
        try
        {
            using var file = UnlockedFile.Open(path);
            Span<byte> text = stackalloc byte[20];
            var read = file.IsInvalid ? 0 : RandomAccess.Read(file, text, 0);
            return read > 0 ? $"pid {System.Text.Encoding.ASCII.GetString(text[..read]).Trim()}" : "its pid is in " + path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "its pid is in " + path;
        }
    }
}
