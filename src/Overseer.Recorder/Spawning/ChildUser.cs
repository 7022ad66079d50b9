using Overseer.Recorder.Interop;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Spawning;

/// <summary>The user a child is to run as.</summary>
internal static class ChildUser
{
    /// <summary>Whether it is the one that this process is anyway and cannot leave: nothing has to be done then, which needs no privilege.</summary>
    internal static bool IsOwn(in SpawnMessage message) =>
        message.UserId != 0 && message.UserId == Libc.EffectiveUser() && message.GroupId == Libc.EffectiveGroup();
}
