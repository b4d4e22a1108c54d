using Akool.Gateway.Mapping;
using Akool.Sessions.Ports;
using Domain = Akool.Sessions.Ports;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Tests.Mapping;

public sealed class CatalogMappingTests
{
    [Fact]
    public void Every_field_of_an_avatar_is_told()
    {
        var told = CatalogMapping.ToProto(new Domain.Avatar("kai", "r-1", "Kai", "https://example.com/p", "v-1", AvatarState.Ready));

        Assert.Empty(MessageFields.Unset(told));
        Assert.Equal(
            new Proto.Avatar
            {
                AvatarId = "kai",
                RecordId = "r-1",
                DisplayName = "Kai",
                PreviewUrl = "https://example.com/p",
                VoiceId = "v-1",
                State = Proto.Avatar.Types.State.Ready,
            },
            told);
    }

    [Fact]
    public void Every_field_of_a_voice_is_told()
    {
        var told = CatalogMapping.ToProto(new Voice("v-1", "Anna", "female", "british", "https://example.com/s"));

        Assert.Empty(MessageFields.Unset(told));
        Assert.Equal(
            new Proto.Voice { VoiceId = "v-1", DisplayName = "Anna", Gender = "female", Accent = "british", PreviewUrl = "https://example.com/s" }, told);
    }

    [Fact]
    public void Every_field_of_a_language_is_told()
    {
        var told = CatalogMapping.ToProto(new Language("en", "English"));

        Assert.Empty(MessageFields.Unset(told));
        Assert.Equal(new Proto.Language { LanguageCode = "en", DisplayName = "English" }, told);
    }

    [Fact]
    public void Every_state_of_an_avatar_has_its_word_in_the_contract()
    {
        Assert.Equal(System.Enum.GetValues<Proto.Avatar.Types.State>(), System.Enum.GetValues<AvatarState>().Select(CatalogMapping.ToProto));
    }
}
