namespace Overseer.Storage;

/// <summary>The statement that adds a row, or changes the one with its key in place: a replaced one would take the rows with it that refer to it.</summary>
internal static class UpsertSql
{
    public static string Of(string table, string key, string columns)
    {
        var names = columns.Split(", ");
        return $"INSERT INTO {table} ({columns}) VALUES ({string.Join(", ", names.Select(name => "$" + name))}) "
            + $"ON CONFLICT ({key}) DO UPDATE SET {string.Join(", ", names.Except(key.Split(", "), StringComparer.Ordinal).Select(name => $"{name} = excluded.{name}"))}";
    }
}
