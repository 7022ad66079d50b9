using Overseer.Configuration;
using Overseer.Recorder.Processes;

namespace Overseer.Diagnosis;

/// <summary>State and runtime directory: owner, mode, room, kind of file system.</summary>
internal sealed class DirectoryExamination : IExamination
{
    private const long LeastFree = 256L << 20;
    private static readonly string[] Volatile = ["tmpfs", "ramfs"];
    private static readonly string[] Remote = ["nfs", "nfs4", "cifs", "smb2", "smb", "9p", "v9fs", "ceph", "fuse", "fuseblk", "afs", "ncp", "ncpfs", "gfs2", "ocfs2", "lustre"];

    public string Name => "directories";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        if (patient.Places is not { } places)
        {
            return [Finding.Failed(Name, patient.PlacesProblem!, "choose them with --state-dir and --runtime-dir")];
        }

        return
        [
            .. Of("state directory", places.StateDirectory, "state", "--state-dir", keeps: true),
            .. Of("runtime directory", places.RuntimeDirectory, "runtime", "--runtime-dir", keeps: false),
        ];
    }

    private static IEnumerable<Finding> Of(string name, string path, string what, string flag, bool keeps)
    {
        if (!Directory.Exists(path))
        {
            yield return Missing(name, path, flag);
            yield break;
        }

        string? wrong = null;
        try
        {
            DirectoryOwnership.Check(path, what, flag);
        }
        catch (PlacesException e)
        {
            wrong = e.Message;
        }

        if (wrong is not null)
        {
            yield return Finding.Failed(name, wrong, $"run the server and this as the directory's owner, or correct owner and mode: chown {CurrentUser.Id} {path}; chmod 0700 {path}");
            yield break;
        }

        if (!Access.CanWrite(path))
        {
            yield return Finding.Failed(name, $"{path} is not writable", $"chmod u+rwx {path}; if its file system is read-only, choose another directory with {flag}");
            yield break;
        }

        var drive = new DriveInfo(path);
        var kind = drive.DriveFormat;
        var room = $"{Sizes.Text(drive.AvailableFreeSpace)} of {Sizes.Text(drive.TotalSize)} free, {kind}";
        if (Remote.Contains(kind))
        {
            yield return Finding.Warning(name, $"{path} lies on a network file system ({room}): locks, sockets and speed may not be what a server needs", $"choose a directory on a local disk with {flag}");
        }
        else if (keeps && Volatile.Contains(kind))
        {
            yield return Finding.Warning(name, $"{path} lies in memory ({room}): journals and tasks are gone after a reboot", $"choose a directory on a disk with {flag}");
        }
        else if (keeps && drive.AvailableFreeSpace < LeastFree)
        {
            yield return Finding.Warning(name, $"{path}: only {room}", "make room, or lower limits.total_journal_bytes");
        }
        else
        {
            yield return Finding.Ok(name, $"{path}: {room}");
        }
    }

    private static Finding Missing(string name, string path, string flag)
    {
        if (File.Exists(path))
        {
            return Finding.Failed(name, $"{path} is no directory", $"move it away, or choose another one with {flag}");
        }

        var parent = path;
        do
        {
            parent = Path.GetDirectoryName(parent)!;
        }
        while (!Directory.Exists(parent));
        return Access.CanWrite(parent)
            ? Finding.Ok(name, $"{path} does not exist yet; the server makes it")
            : Finding.Failed(name, $"{path} does not exist, and {parent} is not writable", $"make it as root and give it to the server's user, or choose another one with {flag}");
    }
}
