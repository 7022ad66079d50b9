using Overseer.Core.Tasks.Storage;

namespace Overseer.Server.Tests.Storage;

/// <summary>Adopted processes in the database.</summary>
public sealed class AdoptedStoreTests : StorePlace
{
    [Fact]
    public void Every_field_comes_back()
    {
        var adopted = Enumerable.Range(1, 60).Select(number => Records.Adopted(number)).ToList();
        var seen = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero).AddTicks(7);
        using (var store = Open())
        {
            Assert.Equivalent(StoredState.Empty, store.Load(), strict: true);
            store.Commit(new EngineChanges { Adopted = adopted, SeenAt = seen, LastNumber = 60 });
        }

        Assert.Equivalent(new StoredState { Adopted = adopted, SeenAt = seen, LastNumber = 60, Epoch = 2 }, Stored(), strict: true);
    }

    [Fact]
    public void A_change_replaces_what_was_stored_and_a_forgotten_one_is_gone()
    {
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Adopted = [Records.Adopted(1), Records.Adopted(2), Records.Adopted(3)], LastNumber = 3 });
            store.Commit(new EngineChanges { ForgottenAdopted = [2, 99], Adopted = [Records.Adopted(7) with { Number = 1 }], LastNumber = 3 });
        }

        Assert.Equivalent(new[] { Records.Adopted(7) with { Number = 1 }, Records.Adopted(3) }, Stored().Adopted, strict: true);
    }

    [Fact]
    public void A_reset_forgets_all_but_what_comes_with_it_and_lets_numbers_go_back()
    {
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Tasks = [Records.Task(5)], Adopted = [Records.Adopted(1), Records.Adopted(2)], SnapshotTaken = true, LastNumber = 9 });
            store.Commit(new EngineChanges { RegistryReset = true, Forgotten = [5], Adopted = [Records.Adopted(1) with { Name = "again" }], LastNumber = 1 });
        }

        var found = Stored();
        Assert.Equal(["again"], found.Adopted.Select(task => task.Name));
        Assert.Equal((1, true), (found.LastNumber, found.SnapshotTaken));
        Assert.Empty(found.Tasks);
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Adopted = [Records.Adopted(2)], LastNumber = 2 });
        }

        Assert.Equal(2, Stored().LastNumber);
    }

    [Fact]
    public void A_row_without_a_meaning_is_refused_by_its_number()
    {
        using (var store = Open())
        {
            store.Load();
            store.Commit(new EngineChanges { Adopted = [Records.Adopted(4)], LastNumber = 4 });
        }

        using (var connection = Overseer.Storage.StoreConnection.Open(Database)) connection.Execute("UPDATE adopted SET phase = 'starting'");

        using var opened = Open();
        Assert.Contains("the adopted process with number 4: phase is none", Assert.Throws<StoreException>(() => opened.Load()).Message, StringComparison.Ordinal);
    }
}
