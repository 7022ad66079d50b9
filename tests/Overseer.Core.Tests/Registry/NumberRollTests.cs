using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Registry;

namespace Overseer.Core.Tests.Registry;

public sealed class NumberRollTests
{
    [Fact]
    public void It_is_a_sorted_set_whatever_is_added_and_removed() => Prop.ForAll(
        Gen.Choose(-30, 30).Where(n => n != 0).ArrayOf().ToArbitrary(),
        steps =>
        {
            var (roll, model) = (new NumberRoll(), new SortedDictionary<long, FakeTask>());
            foreach (var step in steps)
            {
                var number = Math.Abs(step);
                if (step > 0 && !model.ContainsKey(number))
                {
                    model[number] = new FakeTask(number);
                    roll.Add(model[number]);
                }
                else if (step < 0 && model.Remove(number, out var task))
                {
                    roll.Remove(task);
                }
            }

            return roll.SequenceEqual(model.Values) && roll.Count == model.Count
                && Enumerable.Range(0, 32).All(n => roll.Find(n) == model.GetValueOrDefault(n))
                && Enumerable.Range(0, 32).All(n => roll.After(n).SequenceEqual(model.Where(pair => pair.Key > n).Select(pair => pair.Value)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_task_that_is_not_there_is_not_removed()
    {
        var roll = new NumberRoll { new FakeTask(1) };
        roll.Remove(new FakeTask(1));
        roll.Remove(new FakeTask(2));
        Assert.Equal(1, roll.Count);
    }

    [Fact]
    public async Task Readers_see_everything_that_is_there_all_the_time_while_others_come_and_go()
    {
        var roll = new NumberRoll();
        var always = Enumerable.Range(1, 200).Select(n => new FakeTask(n * 5)).ToList();
        always.ForEach(roll.Add);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var rounds = 0;
            for (; !done.IsCancellationRequested || rounds == 0; rounds++)
            {
                var seen = roll.Select(task => task.Number).ToList();
                Assert.Equal(seen.Order().Distinct(), seen);
                Assert.Equal(always.Select(task => task.Number), seen.Where(number => number % 5 == 0));
                Assert.All(always, task => Assert.Same(task, roll.Find(task.Number)));
            }
        })).ToList();
        var random = new Random(1);
        var others = new Dictionary<long, FakeTask>();
        for (var i = 0; i < 60_000; i++)
        {
            var number = random.Next(1, 2000);
            if (number % 5 == 0) continue;
            if (others.Remove(number, out var task))
            {
                roll.Remove(task);
            }
            else
            {
                others[number] = new FakeTask(number);
                roll.Add(others[number]);
            }
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public void Empty_places_are_cleared_away()
    {
        var roll = new NumberRoll();
        for (var round = 0; round < 1000; round++)
        {
            var task = new FakeTask((round * 10) + 1);
            roll.Add(task);
            roll.Remove(task);
        }

        Assert.Equal(0, roll.Count);
        Assert.Empty(roll);
        roll.Add(new FakeTask(1));
        Assert.Equal([1], roll.Select(task => task.Number));
    }
}
