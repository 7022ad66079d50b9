using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// The code that calls clone3 and that the child runs, on a page of its own. Managed code cannot: the child shares the memory of all threads, and a collection would not know of it.
/// </summary>
internal sealed unsafe class CloneCode : IDisposable
{
    private const nuint PageBytes = 4096;

    private readonly nint _page;

    private CloneCode(nint page) => _page = page;

    internal nint Address => _page;

    /// <summary>What <c>clone_x64.S</c> assembles to.</summary>
    internal static ReadOnlySpan<byte> X64 =>
    [
        0xb8, 0xb3, 0x01, 0x00, 0x00, 0x0f, 0x05, 0x48, 0x85, 0xc0, 0x74, 0x01,
        0xc3, 0x48, 0x89, 0xd3, 0x4c, 0x8d, 0x62, 0x10, 0x49, 0x8b, 0x04, 0x24,
        0x49, 0x8b, 0x7c, 0x24, 0x08, 0x49, 0x8b, 0x74, 0x24, 0x10, 0x49, 0x8b,
        0x54, 0x24, 0x18, 0x4d, 0x8b, 0x54, 0x24, 0x20, 0x4d, 0x8b, 0x44, 0x24,
        0x28, 0x0f, 0x05, 0x48, 0x3d, 0x00, 0xf0, 0xff, 0xff, 0x77, 0x06, 0x49,
        0x83, 0xc4, 0x38, 0xeb, 0xd3, 0x41, 0xf6, 0x44, 0x24, 0x30, 0x01, 0x75,
        0xf2, 0x48, 0x89, 0x43, 0x08, 0x4c, 0x89, 0x23, 0xbf, 0x7f, 0x00, 0x00,
        0x00, 0xb8, 0xe7, 0x00, 0x00, 0x00, 0x0f, 0x05, 0x0f, 0x0b,
    ];

    /// <summary>Lays the code out. The page is never writable and executable at once.</summary>
    /// <param name="code">Null when there is none for this machine, or the system refuses such a page.</param>
    /// <param name="reason">Why, when it is null.</param>
    internal static void TryLoad(out CloneCode? code, out string reason)
    {
        code = null;
        reason = "";
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            reason = $"there is no code for {RuntimeInformation.ProcessArchitecture}";
            return;
        }
        nint page = Libc.MemoryMap(0, PageBytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (page == Libc.MAP_FAILED)
        {
            reason = $"no page for the code: {Errno.Describe(Marshal.GetLastPInvokeError())}";
            return;
        }
        X64.CopyTo(new Span<byte>((void*)page, (int)PageBytes));
        if (Libc.ProtectMemory(page, PageBytes, Libc.PROT_READ | Libc.PROT_EXEC) != 0)
        {
            reason = $"the page for the code may not be executable: {Errno.Describe(Marshal.GetLastPInvokeError())}";
            _ = Libc.MemoryUnmap(page, PageBytes);
            return;
        }
        code = new CloneCode(page);
    }

    /// <summary>Returns when the child has become its program, or has ended: the pid, or minus an errno when there is no child.</summary>
    internal int Run(CloneArguments* arguments, ChildCalls calls) =>
        (int)((delegate* unmanaged<CloneArguments*, nuint, void*, nint>)_page)(arguments, (nuint)sizeof(CloneArguments), calls.Pointer);

    public void Dispose() => Libc.MemoryUnmap(_page, PageBytes);
}
