using Akool.Avatar.V1;
using Akool.Gateway.Mapping;
using Akool.Sessions;
using Grpc.Core;

namespace Akool.Gateway.Services;

/// <summary>What a session can be made of.</summary>
internal sealed class CatalogGrpcService(Catalog catalog) : CatalogService.CatalogServiceBase
{
    public override async Task<ListAvatarsResponse> ListAvatars(ListAvatarsRequest request, ServerCallContext context)
    {
        var faults = new RequestFaults();
        var size = PageSize.Read(request.PageSize, "page_size", ref faults);
        faults.Or(size).OrThrow();
        var after = request.PageToken.Length == 0 ? null : AvatarPages.ReadToken(request.PageToken).OrThrow();
        var avatars = (await catalog.ListAvatarsAsync(context.CancellationToken)).OrThrow();
        return AvatarPages.Page(avatars, size, after);
    }

    public override async Task<GetAvatarResponse> GetAvatar(GetAvatarRequest request, ServerCallContext context)
    {
        var id = CatalogMapping.Read(request).OrThrow();
        var avatar = (await catalog.GetAvatarAsync(id, context.CancellationToken)).OrThrow();
        return new GetAvatarResponse { Avatar = CatalogMapping.ToProto(avatar) };
    }

    public override async Task<CreateAvatarResponse> CreateAvatar(CreateAvatarRequest request, ServerCallContext context)
    {
        var asked = CatalogMapping.Read(request).OrThrow();
        var avatar = (await catalog.CreateAvatarAsync(asked, context.CancellationToken)).OrThrow();
        return new CreateAvatarResponse { Avatar = CatalogMapping.ToProto(avatar) };
    }

    public override async Task<ListVoicesResponse> ListVoices(ListVoicesRequest request, ServerCallContext context)
    {
        var voices = (await catalog.ListVoicesAsync(context.CancellationToken)).OrThrow();
        return new ListVoicesResponse { Voices = { voices.Select(CatalogMapping.ToProto) } };
    }

    public override async Task<ListLanguagesResponse> ListLanguages(ListLanguagesRequest request, ServerCallContext context)
    {
        var languages = (await catalog.ListLanguagesAsync(context.CancellationToken)).OrThrow();
        return new ListLanguagesResponse { Languages = { languages.Select(CatalogMapping.ToProto) } };
    }
}
