using System.Text;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

/// <summary>The golden files of v1 and v0: the same base as for v2, by profile.</summary>
public sealed class ClassicProfileTests
{
    public static TheoryData<string, string> Requests => Lines("requests");

    public static TheoryData<string, string> Answers => Lines("answers");

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_is_read_and_written_as_it_was(string profile, string line)
    {
        var result = ClientMessageReader.Read(Encoding.UTF8.GetBytes(line), ProtocolProfile.Find(profile)!);
        Assert.Null(result.Error);
        Assert.Equal(line, Json.Text(result.Message!));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_is_written_as_it_was_read(string profile, string line)
    {
        var result = ServerMessageReader.Read(Encoding.UTF8.GetBytes(line), ProtocolProfile.Find(profile)!);
        Assert.Null(result.Error);
        Assert.Equal(line, Json.Text(result.Message!, ProtocolProfile.Find(profile)!));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v0")]
    public void Every_refused_input_gets_exactly_its_error(string name)
    {
        var profile = ProtocolProfile.Find(name)!;
        var cases = GoldenFiles.Cases("refused-" + name).ToList();
        Assert.NotEmpty(cases);
        Assert.All(cases, c =>
        {
            var result = ClientMessageReader.Read(c.Input, profile);
            Assert.True(result.Message is null, c.Place + " was accepted");
            Assert.True(Encoding.UTF8.GetString(c.Expected) == Json.Text(result.Error!, profile), $"{c.Place}: {Json.Text(result.Error!, profile)}");
        });
    }

    [Fact]
    public void Every_tolerated_input_means_its_shortest_form()
        => Assert.All(GoldenFiles.Cases("accepted-v1"), c =>
        {
            var result = ClientMessageReader.Read(c.Input, ProtocolProfile.V1);
            Assert.True(Encoding.UTF8.GetString(c.Expected) == (result.Message is { } message ? Json.Text(message) : result.Error!.Message), $"{c.Place}: {result}");
        });

    /// <summary>Whatever a client of v2 may say a classic one may say too, and means the same.</summary>
    [Fact]
    public void Every_message_of_v2_works_in_the_older_profiles()
        => Assert.All(GoldenFiles.Messages("client"), line => Assert.All(ProtocolProfile.All, profile =>
            Assert.Equal(line, Json.Text(ClientMessageReader.Read(Encoding.UTF8.GetBytes(line), profile).Message!))));

    [Theory]
    [InlineData("v1", "task already running or starting", "task already has a running worker")]
    [InlineData("v0", "task already running or starting", "task already has a running worker")]
    [InlineData("v1", "task not found", "task not found")]
    [InlineData("v0", "task not found", "worker not found")]
    [InlineData("v1", "task is not running", "task is not running")]
    [InlineData("v0", "task is not running", "worker already exited")]
    [InlineData("v2", "task not found", "task not found")]
    [InlineData("v2", "unknown message type: x", "unknown message type: x")]
    public void What_the_old_programs_said_in_other_words_is_said_in_theirs(string profile, string text, string theirs)
        => Assert.Equal($$"""{"type":"error","id":"1","message":"{{theirs}}"}""", Json.Text(new ErrorMessage { Id = "1", Message = text }, ProtocolProfile.Find(profile)!));

    [Fact]
    public void Profiles_are_found_by_name_and_by_subprotocol()
    {
        Assert.All(ProtocolProfile.All, profile => Assert.Same(profile, ProtocolProfile.Find(profile.Name)));
        Assert.All(ProtocolProfile.All, profile => Assert.Same(profile, ProtocolProfile.FindBySubprotocol("overseer." + profile.Name)));
        Assert.Null(ProtocolProfile.Find("v3"));
        Assert.Null(ProtocolProfile.FindBySubprotocol("v2"));
    }

    private static TheoryData<string, string> Lines(string file)
    {
        var lines = new TheoryData<string, string>();
        foreach (string profile in (string[])["v1", "v0"])
        {
            foreach (string line in GoldenFiles.Lines($"{profile}/{file}"))
                lines.Add(profile, line);
        }
        return lines;
    }
}
