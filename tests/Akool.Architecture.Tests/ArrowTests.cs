namespace Akool.Architecture.Tests;

/// <summary>The arrows between the rooms, as the design says them, against the assemblies as they were built.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Akool.Contracts"] = [],
        ["Akool.Sessions"] = [],
        ["Akool.Emulator"] = [],
        ["Akool.Upstream"] = ["Akool.Sessions"],
        ["Akool.Ledger"] = ["Akool.Sessions"],
        ["Akool.Gateway"] = ["Akool.Upstream", "Akool.Ledger", "Akool.Sessions", "Akool.Contracts"],
        // It is a client too: it holds the conversation that it shows.
        ["Akool.Sandbox"] = ["Akool.Gateway", "Akool.Emulator", "Akool.Contracts"],
        ["Akool.LoadTest"] = ["Akool.Contracts"],
    };

    // What a room must know nothing of, by the beginning of an assembly's name.
    private static readonly Dictionary<string, string[]> Unknown = new()
    {
        ["Akool.Sessions"] =
        [
            "Grpc.", "Google.", "System.Net.Http", "System.Net.Sockets", "System.Net.WebSockets", "System.Text.Json", "System.Data", "Microsoft.Data.", "Microsoft.AspNetCore",
            "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Configuration", "Polly",
        ],
        ["Akool.Upstream"] = ["Grpc.", "Google.", "Microsoft.AspNetCore", "Microsoft.Data."],
        ["Akool.Ledger"] = ["Grpc.", "Google.", "Microsoft.AspNetCore", "System.Net.", "Polly"],
        ["Akool.Emulator"] = ["Grpc.", "Google."],
        ["Akool.Contracts"] = ["Microsoft.AspNetCore", "Grpc.Net", "Grpc.AspNetCore"],
    };

    public static TheoryData<string> Rooms => [.. Room.All.Select(room => room.Name)];

    [Fact]
    public void There_are_rooms_to_look_at() => Assert.Superset(new HashSet<string> { "Akool.Contracts", "Akool.Sessions", "Akool.Gateway", "Akool.LoadTest" }, Room.All.Select(room => room.Name).ToHashSet());

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_uses_only_the_rooms_that_the_design_lets_it_use(string name)
    {
        var room = Room.All.Single(room => room.Name == name);

        Assert.True(Arrows.TryGetValue(name, out var allowed), $"the design has no room {name}: say in Arrows what it may use");
        Assert.Empty(room.UsesOfOurs.Except(allowed!));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_nothing_of_what_is_not_its_matter(string name)
    {
        var room = Room.All.Single(room => room.Name == name);

        var known = room.Uses.Where(use => Unknown.GetValueOrDefault(name, []).Any(beginning => use.StartsWith(beginning, StringComparison.Ordinal)));

        Assert.Empty(known);
    }
}
