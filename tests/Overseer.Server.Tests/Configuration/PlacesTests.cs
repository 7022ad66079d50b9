using Overseer.Configuration;
using Overseer.Core.Configuration;

namespace Overseer.Server.Tests.Configuration;

public sealed class PlacesTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root = Directory.CreateTempSubdirectory("overseer-places-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Places Here(string state = "state", string runtime = "run") => new(Path.Combine(_root, state), Path.Combine(_root, runtime));

    private static Dictionary<string, string> Env(params string[] pairs) => pairs.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    [Fact]
    public void Root_has_the_system_places() => Assert.Equal(new Places("/var/lib/overseer", "/run/overseer"), Places.Resolve(null, null, Env("HOME=/root", "XDG_STATE_HOME=/x"), 0));

    [Fact]
    public void Others_have_XDG_places() =>
        Assert.Equal(new Places("/s/overseer", "/r/overseer"), Places.Resolve("", null, Env("HOME=/home/u", "XDG_STATE_HOME=/s", "XDG_RUNTIME_DIR=/r"), 12345));

    [Fact]
    public void Without_XDG_variables_home_and_tmp_serve() =>
        Assert.Equal(new Places("/home/u/.local/state/overseer", "/tmp/overseer-12345"), Places.Resolve(null, null, Env("HOME=/home/u", "XDG_STATE_HOME=relative", "XDG_RUNTIME_DIR="), 12345));

    [Fact]
    public void A_flag_wins_over_the_variable_and_the_variable_over_the_default()
    {
        var environment = Env("OVERSEER_STATE_DIR=/env/state", "OVERSEER_RUNTIME_DIR=/env/run");
        Assert.Equal(new Places("/env/state", "/env/run"), Places.Resolve(null, "", environment, 0));
        Assert.Equal(new Places("/flag/state", "/env/run"), Places.Resolve("/flag/state", null, environment, 0));
        Assert.Equal(Path.GetFullPath("sub"), Places.Resolve(null, "sub", environment, 0).RuntimeDirectory);
    }

    [Fact]
    public void Without_a_home_the_user_has_to_choose() => Assert.Equal(
        "there is no place for state, as HOME is not set; choose one with --state-dir or OVERSEER_STATE_DIR",
        Assert.Throws<ConfigurationException>(() => Places.Resolve(null, null, Env(), 12345)).Message);

    [Fact]
    public void A_runtime_directory_too_deep_for_a_socket_is_refused() => Assert.Contains(
        "is too long", Assert.Throws<ConfigurationException>(() => Places.Resolve("/s", "/" + new string('d', 100), Env(), 0)).Message, StringComparison.Ordinal);

    [Fact]
    public void Missing_directories_are_made_for_the_owner_alone()
    {
        var places = Here("deep/er/state", "run");
        places.Create();
        places.Create();
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(places.StateDirectory));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(places.RuntimeDirectory));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(places.JournalDirectory));
        Assert.NotEqual(OwnerOnly, File.GetUnixFileMode(Path.Combine(_root, "deep")));
    }

    [Fact]
    public void An_existing_directory_that_is_all_right_keeps_its_mode()
    {
        var places = Here();
        const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        Directory.CreateDirectory(places.StateDirectory, Readable);
        File.SetUnixFileMode(places.StateDirectory, Readable);
        places.Create();
        Assert.Equal(Readable, File.GetUnixFileMode(places.StateDirectory));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite, "720")]
    [InlineData(UnixFileMode.OtherWrite, "702")]
    [InlineData(UnixFileMode.OtherWrite | UnixFileMode.StickyBit, "1702")]
    public void A_directory_that_others_may_write_in_is_refused(UnixFileMode extra, string shown)
    {
        var places = Here();
        Directory.CreateDirectory(places.RuntimeDirectory);
        File.SetUnixFileMode(places.RuntimeDirectory, OwnerOnly | extra);
        Assert.Equal(
            $"others may write in the runtime directory {places.RuntimeDirectory} (mode {shown}); close it with chmod go-w {places.RuntimeDirectory}, or choose another one with --runtime-dir",
            Assert.Throws<PlacesException>(places.Create).Message);
    }

    [Fact]
    public void A_directory_of_somebody_else_is_refused()
    {
        if (Environment.UserName != "root")
        {
            Assert.Contains("belongs to user 0", Assert.Throws<PlacesException>(() => DirectoryOwnership.Check("/usr", "state", "--state-dir")).Message, StringComparison.Ordinal);
            return;
        }

        var places = Here();
        Directory.CreateDirectory(places.StateDirectory);
        using (var chown = System.Diagnostics.Process.Start("chown", ["65534", places.StateDirectory])) chown.WaitForExit();
        Assert.Equal(
            $"the state directory {places.StateDirectory} belongs to user 65534, not to user 0 who runs this; choose another one with --state-dir",
            Assert.Throws<PlacesException>(places.Create).Message);
    }

    [Fact]
    public void A_file_in_the_way_and_a_place_that_cannot_be_are_one_line_each()
    {
        File.WriteAllText(Path.Combine(_root, "state"), "");
        var message = Assert.Throws<PlacesException>(Here().Create).Message;
        Assert.StartsWith($"cannot create the state directory {_root}/state: ", message, StringComparison.Ordinal);
        message = Assert.Throws<PlacesException>(new Places("/proc/none/state", _root).Create).Message;
        Assert.StartsWith("cannot create the state directory /proc/none/state: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
