namespace Overseer.Streams.Forms;

/// <summary>As what a stream's events are written.</summary>
internal enum StreamForm
{
    /// <summary>Messages of the overseer protocol.</summary>
    V2,

    /// <summary>Messages of the hub, their types in capitals.</summary>
    HubCapitals,

    /// <summary>Messages of the hub, their types in lower case.</summary>
    HubLower,
}
