namespace NBomber.Contracts.Stats;

/// <summary>Get, Find and Exists by name: Get throws where there is none, Find gives null.</summary>
public static class StatsExtensions
{
    /// <summary>The scenario of that name; throws where there is none.</summary>
    public static ScenarioStats Get(this ScenarioStats[] stats, string name) => stats.First(s => s.ScenarioName == name);

    /// <summary>The scenario of that name or null.</summary>
    public static ScenarioStats? Find(this ScenarioStats[] stats, string name) => Array.Find(stats, s => s.ScenarioName == name);

    /// <summary>Whether there is such a scenario.</summary>
    public static bool Exists(this ScenarioStats[] stats, string name) => stats.Find(name) is not null;

    /// <summary>The step of that name; throws where there is none.</summary>
    public static StepStats Get(this StepStats[] stats, string name) => stats.First(s => s.StepName == name);

    /// <summary>The step of that name or null.</summary>
    public static StepStats? Find(this StepStats[] stats, string name) => Array.Find(stats, s => s.StepName == name);

    /// <summary>Whether there is such a step.</summary>
    public static bool Exists(this StepStats[] stats, string name) => stats.Find(name) is not null;

    /// <summary>The status code's figures; throws where it never came.</summary>
    public static StatusCodeStats Get(this StatusCodeStats[] stats, string statusCode) => stats.First(s => s.StatusCode == statusCode);

    /// <summary>The status code's figures or null.</summary>
    public static StatusCodeStats? Find(this StatusCodeStats[] stats, string statusCode) => Array.Find(stats, s => s.StatusCode == statusCode);

    /// <summary>Whether the status code came.</summary>
    public static bool Exists(this StatusCodeStats[] stats, string statusCode) => stats.Find(statusCode) is not null;
}
