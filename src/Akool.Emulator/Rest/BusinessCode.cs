namespace Akool.Emulator.Rest;

/// <summary>The business codes that the emulator answers of itself, with the texts of AKOOL's pages.</summary>
internal static class BusinessCode
{
    public const int Success = 1000;
    public const int ParameterError = 1003;
    public const int NotFound = 1008;
    public const int IllegalToken = 1101;
    public const int TokenEmpty = 1102;
    public const int AvatarProcessingError = 1105;
    public const int AvatarBusy = 1215;
    public const int SessionNotExist = 1216;
    public const int SessionClosed = 1219;
    public const int AlreadyExists = 1222;

    public static string TextOf(int code) => code switch
    {
        Success => "OK",
        ParameterError => "Parameter error or Parameter can not be empty",
        1005 => "Frequent operation",
        1006 => "Insufficient quota balance",
        NotFound => "The content you get does not exist",
        1011 => "This content has been operated",
        IllegalToken => "Invalid authorization or The request token has expired",
        TokenEmpty => "Authorization cannot be empty",
        1104 => "Insufficient credit balance",
        AvatarProcessingError => "avatar processing error",
        AvatarBusy => "liveAvatar processing is busy",
        SessionNotExist => "liveAvatar session not exist",
        SessionClosed => "liveAvatar closed",
        AlreadyExists => "Resource already exists",
        _ => "error",
    };

    public static int StatusOf(int code, ErrorStatus habit) => (code, habit) switch
    {
        (Success, _) or (_, ErrorStatus.Ok) => 200,
        (_, ErrorStatus.BadRequest) => 400,
        (_, ErrorStatus.ServerError) => 500,
        (IllegalToken or TokenEmpty or 1109, _) => 401,
        (1009 or 1200 or 1213, _) => 403,
        (NotFound or 1014 or SessionNotExist, _) => 404,
        (1011 or SessionClosed or AlreadyExists, _) => 409,
        (1005 or 1006 or 1104 or AvatarBusy, _) => 429,
        (ParameterError, _) => 400,
        _ => 500,
    };
}
