using System.Text;
using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class WireTurnIdTests
{
    [Theory]
    [InlineData(0u, 1)]
    [InlineData(0x9f03c2aau, 17)]
    [InlineData(uint.MaxValue, int.MaxValue)]
    public void An_id_is_read_back_as_it_was_written(uint epoch, int number)
    {
        var id = new WireTurnId(epoch, number);
        Span<byte> utf8 = stackalloc byte[WireTurnId.MaxLength];

        var length = id.Format(utf8);

        Assert.True(WireTurnId.TryParse(utf8[..length], out var read));
        Assert.Equal(id, read);
        Assert.Equal(id.ToString(), Encoding.UTF8.GetString(utf8[..length]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("msg-1723629433573")]
    [InlineData("9f03c2aa-0")]
    [InlineData("9f03c2aa-017")]
    [InlineData("9F03C2AA_17")]
    [InlineData("9f03c2aa-17 ")]
    [InlineData("9f03c2aa--17")]
    [InlineData("9f03c2aa-99999999999")]
    [InlineData("9f03c2ag-17")]
    public void What_we_did_not_write_is_not_ours(string text)
    {
        Assert.False(WireTurnId.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }
}
