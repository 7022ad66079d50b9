namespace Overseer.Cli.Console;

/// <summary>How much fits on the terminal.</summary>
internal static class TerminalSize
{
    private const int UsualWidth = 80;
    private const int UsualHeight = 24;
    private const int Narrowest = 20;

    /// <summary>Its columns and lines at this moment; what is usual where it does not tell.</summary>
    internal static (int Width, int Height) Now()
    {
        try
        {
            (int width, int height) = (System.Console.WindowWidth, System.Console.WindowHeight);
            return (width > Narrowest ? width : UsualWidth, height > 1 ? height : UsualHeight);
        }
        catch (IOException)
        {
            return (UsualWidth, UsualHeight);
        }
    }
}
