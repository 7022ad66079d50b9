using System.Globalization;

namespace Overseer.Protocols.Hub;

/// <summary>An <c>error</c> that the hub says: a code for programs, a text for people.</summary>
/// <param name="Code">One of the codes in docs/hub.md.</param>
/// <param name="Text">What is wrong, and what would help.</param>
internal sealed record HubError(string Code, string Text)
{
    /// <summary>The field that is wrong; unset when it is none.</summary>
    public string? Field { get; init; }

    /// <summary>The first and the last of the messages that are missing.</summary>
    public (long From, long To)? Missing { get; init; }

    /// <summary>All codes there are.</summary>
    public static IReadOnlyList<string> Codes { get; } =
    [
        "BAD_MESSAGE",
        "UNAUTHORIZED",
        "FORBIDDEN",
        "CONTAINER_ID_TAKEN",
        "MAX_SESSIONS",
        "SESSION_NOT_OPENED",
        "SESSION_TIMEOUT",
        "SESSION_KILLED",
        "NO_PRODUCER",
        "MESSAGE_TOO_LARGE",
        "NOT_STORED",
        "MAX_SUBSCRIPTIONS",
        "TOO_MANY_REQUESTS",
        "GAP",
        "UNREADABLE",
    ];

    /// <summary>No valid token was given.</summary>
    public static HubError Unauthorized { get; } = new("UNAUTHORIZED", "a valid token is needed: ?token=TOKEN, Authorization: Bearer TOKEN, or auth.token in a message");

    /// <summary>The token does not allow this.</summary>
    public static HubError Forbidden(string what) => new("FORBIDDEN", what);

    /// <summary>The message cannot be taken.</summary>
    public static HubError BadMessage(HubProblem problem) => new("BAD_MESSAGE", problem.Text) { Field = problem.Field };

    /// <summary>The message is longer than a line of the journal.</summary>
    public static HubError TooLarge(int most) =>
        new("MESSAGE_TOO_LARGE", string.Create(CultureInfo.InvariantCulture, $"a message may have {most} bytes as it is kept, with its time"));

    /// <summary>The id is that of something else.</summary>
    public static HubError IdTaken { get; } = new("CONTAINER_ID_TAKEN", "a task that is no session has this id; use another containerID");

    /// <summary>There are too many sessions.</summary>
    public static HubError TooManySessions(int most) =>
        new("MAX_SESSIONS", string.Create(CultureInfo.InvariantCulture, $"too many sessions are open: hub.max_sessions is {most}"));

    /// <summary>The session could not be opened.</summary>
    public static HubError NotOpened(string why) => new("SESSION_NOT_OPENED", why);

    /// <summary>The message could not be kept.</summary>
    public static HubError NotStored(string why) => new("NOT_STORED", "the message could not be kept: " + why);

    /// <summary>A message of the same delivery was refused before this one.</summary>
    /// <param name="refused">Why.</param>
    /// <param name="number">Its number.</param>
    public static HubError Behind(HubError refused, long number) =>
        new(refused.Code, string.Create(CultureInfo.InvariantCulture, $"message {number} of this delivery was refused, so those behind it are too: send again from {number} on"));

    /// <summary>A producer was silent for too long.</summary>
    public static HubError SessionTimeout(TimeSpan limit) =>
        new("SESSION_TIMEOUT", string.Create(CultureInfo.InvariantCulture, $"nothing was heard of the container for {limit.TotalMilliseconds} ms"));

    /// <summary>The session was ended from outside.</summary>
    public static HubError Killed { get; } = new("SESSION_KILLED", "the session was ended by a kill; the container may still run");

    /// <summary>Nobody is there who could do it.</summary>
    public static HubError NoProducer { get; } = new("NO_PRODUCER", "no producer of this container is connected");

    /// <summary>The connection has all the subscriptions it may have.</summary>
    public static HubError TooManySubscriptions(int most) =>
        new("MAX_SUBSCRIPTIONS", string.Create(CultureInfo.InvariantCulture, $"too many subscriptions on this connection: limits.max_subscriptions is {most}"));

    /// <summary>The connection asks too fast.</summary>
    public static HubError TooFast(string refusal) => new("TOO_MANY_REQUESTS", refusal);

    /// <summary>The journal cannot be read.</summary>
    public static HubError Unreadable(string why) => new("UNREADABLE", "the journal cannot be read: " + why);

    /// <summary>Messages that were asked for are gone.</summary>
    public static HubError Gap(long from, long to, string reason) => new("GAP", "messages are missing: " + reason) { Missing = (from, to) };
}
