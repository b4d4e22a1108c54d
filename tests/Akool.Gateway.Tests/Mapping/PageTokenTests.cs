using Akool.Gateway.Mapping;
using Akool.Sessions;
using Domain = Akool.Sessions.Ports;

namespace Akool.Gateway.Tests.Mapping;

public sealed class PageTokenTests
{
    private static readonly SessionCursor Cursor = new(Samples.Noon.AddTicks(1), Samples.Id);

    private static readonly SessionQuery Query = new(
        new OwnerId("alice"), [SessionState.Active], new Dictionary<string, string> { ["team"] = "blue", ["a"] = "b" }, 10, null);

    private static readonly string Token = SessionPageToken.Write(Cursor, Query);

    [Fact]
    public void A_token_leads_back_to_its_place()
    {
        Assert.Equal(Cursor, SessionPageToken.Read(Token, Query).Value);
    }

    [Fact]
    public void A_token_holds_for_the_same_filters_in_another_order_and_for_pages_of_another_size()
    {
        var same = Query with { PageSize = 20, Labels = new Dictionary<string, string> { ["a"] = "b", ["team"] = "blue" } };

        Assert.Equal(Cursor, SessionPageToken.Read(Token, same).Value);
    }

    [Fact]
    public void A_token_of_another_list_is_refused()
    {
        SessionQuery[] others =
        [
            Query with { Owner = new OwnerId("bob") },
            Query with { States = [] },
            Query with { States = [SessionState.Active, SessionState.Paused] },
            Query with { Labels = new Dictionary<string, string> { ["team"] = "red", ["a"] = "b" } },
            Query with { Labels = new Dictionary<string, string> { ["team"] = "blue" } },
            Query with { Labels = new Dictionary<string, string> { ["team"] = "bluea", ["a"] = "b" } },
        ];

        Assert.All(others, other => Assert.Equal(SessionErrorCode.InvalidPageToken, SessionPageToken.Read(Token, other).Error?.Code));
        Assert.Equal(SessionErrorCode.InvalidPageToken, AvatarPages.ReadToken(Token).Error?.Code);
    }

    [Fact]
    public void A_token_with_one_character_changed_is_refused()
    {
        for (var i = 0; i < Token.Length; i++)
        {
            foreach (var other in "Az09-_")
            {
                if (Token[i] == other) continue;
                var changed = Token[..i] + other + Token[(i + 1)..];

                Assert.Equal(SessionErrorCode.InvalidPageToken, SessionPageToken.Read(changed, Query).Error?.Code);
            }
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("\u00e9\u00e9\u00e9\u00e9")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_token_is_refused(string token)
    {
        Assert.Equal(SessionErrorCode.InvalidPageToken, SessionPageToken.Read(token, Query).Error?.Code);
        Assert.Equal(SessionErrorCode.InvalidPageToken, AvatarPages.ReadToken(token).Error?.Code);
        Assert.Equal(SessionErrorCode.InvalidPageToken, SessionPageToken.Read(new string('A', 100_000), Query).Error?.Code);
    }

    [Fact]
    public void Pages_of_avatars_show_each_of_them_once_also_while_others_come_and_go()
    {
        var avatars = Enumerable.Range(10, 25).Select(i => Avatar($"a{i}")).ToList();

        var first = AvatarPages.Page(avatars, 10, null);
        avatars.RemoveAt(9);
        avatars.Insert(0, Avatar("a00"));
        var second = AvatarPages.Page(avatars, 10, AvatarPages.ReadToken(first.NextPageToken).Value);
        var third = AvatarPages.Page(avatars, 10, AvatarPages.ReadToken(second.NextPageToken).Value);

        Assert.Equal(Enumerable.Range(10, 25).Select(i => $"a{i}"), first.Avatars.Concat(second.Avatars).Concat(third.Avatars).Select(avatar => avatar.AvatarId));
        Assert.Equal("", third.NextPageToken);
    }

    private static Domain.Avatar Avatar(string id) => new(id, "", "", "", "", Domain.AvatarState.Ready);
}
