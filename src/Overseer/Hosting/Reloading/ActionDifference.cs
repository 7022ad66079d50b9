using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Streams.SeqIndex;

namespace Overseer.Hosting.Reloading;

/// <summary>What is otherwise between two catalogs of actions; their pools are told elsewhere.</summary>
internal static class ActionDifference
{
    /// <summary>One text for each action that is new, gone or otherwise, by name.</summary>
    public static IEnumerable<string> Between(ActionCatalog before, ActionCatalog after)
    {
        var names = before.Entries.Concat(after.Entries).Select(entry => entry.Definition.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            switch (before.Find(name), after.Find(name))
            {
                case (null, _):
                    yield return $"action {name} added";
                    break;
                case (_, null):
                    yield return $"action {name} removed";
                    break;
                case ({ } was, { } now) when Parts(was, now).ToList() is { Count: > 0 } parts:
                    yield return $"action {name} changed: {string.Join(", ", parts)}";
                    break;
            }
        }
    }

    private static IEnumerable<string> Parts(ActionEntry before, ActionEntry after)
    {
        var (was, now) = (before.Definition, after.Definition);
        if (was.Type != now.Type)
        {
            yield return "type";
        }

        if (was.Description != now.Description)
        {
            yield return "description";
        }

        if (was.Stop != now.Stop)
        {
            yield return "stop";
        }

        if (!was.Tags.SequenceEqual(now.Tags))
        {
            yield return "tags";
        }

        if (!was.Groups.SequenceEqual(now.Groups))
        {
            yield return "groups";
        }

        if (!was.DedupeKey.SequenceEqual(now.DedupeKey))
        {
            yield return "dedupe_key";
        }

        if (was.Retry != now.Retry)
        {
            yield return "retry";
        }

        var filtered = OutputFilters.FingerprintOf(before.Action.Output) != OutputFilters.FingerprintOf(after.Action.Output);
        var sameStart = after.StartsLike(before) || was.Stop != now.Stop || was.Type != now.Type;
        if (!sameStart || (!filtered && !ConfigNode.AreEqual(was.Config, now.Config)))
        {
            yield return "config";
        }

        if (filtered)
        {
            yield return "output";
        }
    }
}
