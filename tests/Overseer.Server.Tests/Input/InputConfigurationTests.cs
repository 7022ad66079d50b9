using Overseer.Server.Tests.Configuration;

namespace Overseer.Server.Tests.Input;

public sealed class InputConfigurationTests : ConfigurationFixture
{
    [Fact]
    public void A_mebibyte_may_wait_unless_the_configuration_says_otherwise()
    {
        Assert.Equal(1 << 20, Load("name: x").Limits.MaxInputBytes);
        Assert.Equal(1 << 10, Load("limits: {max_input_bytes: 1KiB}").Limits.MaxInputBytes);
        Assert.Equal(1 << 30, Load("limits: {max_input_bytes: 1GiB}").Limits.MaxInputBytes);
    }

    [Theory]
    [InlineData("1023")]
    [InlineData("1025MiB")]
    public void The_limit_has_limits(string bytes) =>
        Assert.Contains("limits.max_input_bytes", Assert.Single(ErrorsOf($"limits: {{max_input_bytes: {bytes}}}")), StringComparison.Ordinal);
}
