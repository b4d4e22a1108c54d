namespace Akool.Sandbox;

/// <summary>What to type next.</summary>
internal static class HowToCall
{
    public static string Text(Uri gateway, Uri operations) => $$"""

        Now call it yourself, from the project's root:

          npx @bufbuild/buf curl --schema protos --protocol grpc --http2-prior-knowledge \
            -d '{"config":{"avatar_id":"Kai_1080P_back"},"wait_until_active":true}' \
            {{gateway}}akool.avatar.v1.SessionService/CreateSession

        or from .NET, with the stubs of src/Akool.Contracts and the package Grpc.Net.Client:

          var sessions = new SessionService.SessionServiceClient(GrpcChannel.ForAddress("{{gateway}}"));
          var created = await sessions.CreateSessionAsync(new() { Config = new() { AvatarId = "Kai_1080P_back" } });

        How it is: {{operations}}statusz. Ctrl+C stops it.
        """;
}
