using System.Runtime.InteropServices;

namespace Overseer.Recorder.Spawning;

/// <summary>The system calls that a child makes one after the other, in native memory as <c>clone_x64.S</c> describes it, and for each the step of a start that it belongs to.</summary>
internal sealed unsafe class ChildCalls : IDisposable
{
    /// <summary>All signals and all else that a request may ask for.</summary>
    private const int Capacity = 96;

    private readonly SpawnStep[] _steps = new SpawnStep[Capacity];
    private readonly string?[] _what = new string?[Capacity];
    private readonly Head* _head = (Head*)NativeMemory.AllocZeroed((nuint)(sizeof(Head) + (Capacity * sizeof(Call))));
    private int _count;

    internal void* Pointer => _head;

    private Call* First => (Call*)(_head + 1);

    /// <summary>Where the first argument of the call that was added last is read from.</summary>
    internal int* FirstArgument => (int*)&First[_count - 1].A;

    internal void Clear()
    {
        _count = 0;
        *_head = default;
    }

    internal void Add(SpawnStep step, nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, string? what = null, bool mayFail = false)
    {
        _steps[_count] = step;
        _what[_count] = what;
        First[_count++] = new Call { Number = number, A = a, B = b, C = c, D = d, E = e, MayFail = mayFail ? 1 : 0 };
    }

    /// <summary>The call that ended the child, null when none did.</summary>
    internal SpawnResult? Failure()
    {
        if (_head->Failed == null)
            return null;
        long place = _head->Failed - First;
        return SpawnResult.Failed(_steps[place], (int)-_head->Result, _what[place]);
    }

    public void Dispose() => NativeMemory.Free(_head);

    [StructLayout(LayoutKind.Sequential)]
    private struct Head
    {
        internal Call* Failed;
        internal nint Result;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Call
    {
        internal nint Number;
        internal nint A;
        internal nint B;
        internal nint C;
        internal nint D;
        internal nint E;
        internal nint MayFail;
    }
}
