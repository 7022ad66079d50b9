using Overseer.Configuration;

namespace Overseer.Server.Tests.Configuration;

/// <summary>Loads configurations from files that are named <c>c.yaml</c> in messages.</summary>
public abstract class ConfigurationFixture : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("overseer-config-");

    protected string ConfigPath => Path.Combine(_directory.FullName, "c.yaml");

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected ConfigurationSources Sources(string yaml, params (string Name, string Value)[] environment)
    {
        File.WriteAllText(ConfigPath, yaml);
        var variables = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        variables.TryAdd(Places.StateVariable, Path.Combine(_directory.FullName, "state"));
        variables.TryAdd(Places.RuntimeVariable, Path.Combine(_directory.FullName, "run"));
        return new ConfigurationSources { FlagPath = ConfigPath, Environment = variables };
    }

    protected string[] Short(IEnumerable<string> lines) => [.. lines.Select(line => line.Replace(ConfigPath, "c.yaml", StringComparison.Ordinal))];

    protected OverseerConfiguration Load(string yaml, params (string Name, string Value)[] environment) => Load(Sources(yaml, environment));

    protected OverseerConfiguration Load(ConfigurationSources sources)
    {
        var result = ConfigurationLoader.Load(sources);
        Assert.Empty(Short(result.Errors));
        return Assert.IsType<OverseerConfiguration>(result.Configuration);
    }

    protected string[] ErrorsOf(string yaml, params (string Name, string Value)[] environment)
    {
        var result = ConfigurationLoader.Load(Sources(yaml, environment));
        Assert.Null(result.Configuration);
        return Short(result.Errors);
    }

    protected string[] WarningsOf(string yaml, params (string Name, string Value)[] environment)
    {
        var result = ConfigurationLoader.Load(Sources(yaml, environment));
        Assert.Empty(Short(result.Errors));
        return Short(result.Warnings);
    }
}
