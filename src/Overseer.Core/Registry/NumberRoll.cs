// Tasks in the order of their numbers, for one writer and any number of readers that must neither wait nor make it wait.
//
// What must hold: within a page the numbers never change and only grow, a slot's number is there before the count that covers it, and a removal only empties the slot. So a reader that
// took a page and then its count sees each task that was there all the time, at most once, and in order. Numbers are given out ascending, so adding is a write behind the end;
// where one comes out of order (a task that gets a label later) the page is copied. A page of which half is empty is copied too: so removing costs the same with ten as with a
// hundred thousand. Rejected: immutable trees, three times the memory and five times the time to walk.

using System.Collections;
using System.Runtime.InteropServices;

namespace Overseer.Core.Registry;

/// <summary>Tasks by number. Changes belong to the engine's thread, looking is for any.</summary>
internal sealed class NumberRoll : IEnumerable<RegisteredTask>
{
    private const int LeastCapacity = 4;

    private Page _page = new(LeastCapacity);
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The task with this number.</summary>
    public RegisteredTask? Find(long number)
    {
        var page = Volatile.Read(ref _page);
        var used = Volatile.Read(ref page.Used);
        var at = page.Search(used, number);
        return at < used && page.Slots[at].Number == number ? Volatile.Read(ref page.Slots[at].Task) : null;
    }

    /// <summary>The tasks with greater numbers, in their order.</summary>
    public IEnumerable<RegisteredTask> After(long number)
    {
        var page = Volatile.Read(ref _page);
        var used = Volatile.Read(ref page.Used);
        for (var i = number == long.MaxValue ? used : page.Search(used, number + 1); i < used; i++)
        {
            if (Volatile.Read(ref page.Slots[i].Task) is { } task) yield return task;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<RegisteredTask> GetEnumerator() => After(long.MinValue).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds a task whose number is not there.</summary>
    public void Add(RegisteredTask task)
    {
        var page = _page;
        var at = page.Used == 0 || page.Slots[page.Used - 1].Number < task.Number ? page.Used : page.Search(page.Used, task.Number);
        if (at == page.Used && at < page.Slots.Length)
        {
            page.Slots[at] = new Slot(task.Number, task);
            Volatile.Write(ref page.Used, at + 1);
        }
        else if (at < page.Used && page.Slots[at].Number == task.Number)
        {
            // Its number was removed here before, and comes back.
            Volatile.Write(ref page.Slots[at].Task, task);
        }
        else
        {
            Volatile.Write(ref _page, page.With(task, _count));
        }

        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Takes a task out; harmless when it is not there.</summary>
    public void Remove(RegisteredTask task)
    {
        var page = _page;
        var at = page.Search(page.Used, task.Number);
        if (at == page.Used || page.Slots[at].Task != task) return;
        Volatile.Write(ref page.Slots[at].Task, null);
        Volatile.Write(ref _count, _count - 1);
        if (_count < page.Used / 2 && page.Used > 2 * LeastCapacity) Volatile.Write(ref _page, page.With(null, _count));
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Slot(long number, RegisteredTask? task)
    {
        public readonly long Number = number;
        public RegisteredTask? Task = task;
    }

    private sealed class Page(int capacity)
    {
        public readonly Slot[] Slots = new Slot[capacity];
        public int Used;

        /// <summary>Where the first number is that is not below this one.</summary>
        public int Search(int used, long number)
        {
            var (low, high) = (0, used);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (Slots[middle].Number < number) low = middle + 1;
                else high = middle;
            }

            return low;
        }

        /// <summary>A copy without empty slots, and with one more task in its place, if there is one.</summary>
        public Page With(RegisteredTask? more, int count)
        {
            var copy = new Page(Math.Max(LeastCapacity, (count + 1) * 2));
            for (var i = 0; i < Used; i++)
            {
                if (more is not null && more.Number < Slots[i].Number) Put(ref more);
                if (Slots[i].Task is not null) copy.Slots[copy.Used++] = Slots[i];
            }

            if (more is not null) Put(ref more);
            return copy;

            void Put(ref RegisteredTask? task)
            {
                copy.Slots[copy.Used++] = new Slot(task!.Number, task);
                task = null;
            }
        }
    }
}
